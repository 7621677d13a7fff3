"""Two small tables of persons, a damaged copy of each in the second, written as CSV with known true pairs."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

FIRST = ("anna", "bruno", "carla", "dario", "elena", "fabio", "greta", "hugo", "irene", "jonas")
LAST = ("abbott", "barnes", "carver", "dalton", "emerson", "foster", "garner", "harmon", "irving")
STREETS = [
    "mill lane",
    "oak street",
    "high road",
    "park avenue",
    "station street",
    "church lane",
    "river walk",
]
SPEC = """
id = { left = "id", right = "key" }

[columns]
name = "name"
street = { left = "street", right = "address", kind = "text" }
born = "date"
number = "code"
balance = "number"
"""
LEFT = ("id", "name", "street", "born", "number", "balance")
RIGHT = ("key", "name", "address", "born", "number", "balance")


@dataclass(frozen=True)
class Files:
    """Where the files are, and the true pairs by id."""

    left: Path
    right: Path
    spec: Path
    train: Path
    truth: list[tuple[str, str]]
    folder: Path

    def arguments(self, *more: str) -> list[str]:
        """The command's arguments for these files, the answer in out.csv."""
        named = {"--left": self.left, "--right": self.right, "--spec": self.spec, "--train": self.train}
        given = [text for name, path in named.items() for text in (name, str(path))]
        return ["match-records", *given, "--out", str(self.out), *more]

    @property
    def out(self) -> Path:
        """Where the answer is written."""
        return self.folder / "out.csv"


def write_files(folder: Path, *, persons: int = 120, learnt: int = 60, seed: int = 1) -> Files:
    """Tables, spec and labelled pairs: of each learnt person the match and a record of somebody else."""
    draw = random.Random(seed)
    records = [_person(draw) for _ in range(persons)]
    left = [(f"{row:04}", *record) for row, record in enumerate(records)]
    right = [(f"k{row:03}", *_damaged(draw, record)) for row, record in enumerate(records)]
    draw.shuffle(right)
    truth = [(f"{row:04}", f"k{row:03}") for row in range(persons)]
    labelled = [(a, b, "1") for a, b in truth[:learnt]]
    labelled += [(truth[row][0], truth[(row + 1) % learnt][1], "0") for row in range(learnt)]
    write_csv(folder / "left.csv", LEFT, left)
    write_csv(folder / "right.csv", RIGHT, right)
    write_csv(folder / "train.csv", ("left_id", "right_id", "label"), labelled)
    (folder / "spec.toml").write_text(SPEC, encoding="utf-8")
    names = ("left.csv", "right.csv", "spec.toml", "train.csv")
    return Files(*(folder / name for name in names), truth, folder)


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    """A CSV file."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        lines = csv.writer(stream, lineterminator="\n")
        lines.writerow(header)
        lines.writerows(rows)
    return path


def read_csv(path: Path) -> list[dict[str, str]]:
    """All rows by column."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _person(draw: random.Random) -> tuple[str, ...]:
    return (
        f"{draw.choice(FIRST)} {draw.choice(LAST)}",
        f"{draw.randint(1, 99)} {draw.choice(STREETS)}",
        f"{draw.randint(1940, 2005)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}",
        f"{draw.randint(100000, 999999):07}",
        f"{draw.randint(10, 90000) / 100:.2f}",
    )


def _damaged(draw: random.Random, person: tuple[str, ...]) -> tuple[str, ...]:
    """A letter lost, the date in another spelling, a currency sign, and now and then a value that is absent."""
    name, street, born, number, balance = person
    place = draw.randrange(len(name) - 1)
    year, month, day = born.split("-")
    other = (name[:place] + name[place + 1 :], street, f"{day}.{month}.{year}", number, f"$ {balance}")
    if int(day) <= 12:
        other = (*other[:2], born, *other[3:])
    return tuple("NaN" if draw.random() < 0.1 else value for value in other)
