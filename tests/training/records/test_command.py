"""``match-records`` as it is typed: what it writes, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.commandline import main
from tests.support.record_tables import Files, read_csv, write_csv, write_files

COMMANDS = {"match-records": "training.match_records_command"}


def called(arguments: list[str]) -> int:
    return main(prog="python -m training", description="", commands=COMMANDS, argv=arguments)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return write_files(tmp_path_factory.mktemp("tables"))


@pytest.fixture(scope="module")
def model(files: Files) -> Path:
    """A model that was kept after a search."""
    folder = files.folder / "model"
    assert called(files.arguments("--model-out", str(folder))) == 0
    return folder


def kept(files: Files, model: Path, *more: str) -> list[str]:
    """Arguments that score with the kept model, without labels."""
    arguments = files.arguments("--model", str(model), *more)
    place = arguments.index("--train")
    return arguments[:place] + arguments[place + 2 :]


def test_a_search_finds_the_true_pairs_of_persons_that_it_did_not_learn_from(
    files: Files, model: Path
) -> None:
    assert called(kept(files, model)) == 0
    found = {
        (row["left_id"], row["right_id"]) for row in read_csv(files.out) if float(row["confidence"]) >= 0.5
    }
    unseen = set(files.truth[60:])
    assert len(found & unseen) >= 0.95 * len(unseen)
    assert len(found - set(files.truth)) <= 3


def test_given_pairs_are_all_written_in_their_order_with_ids_as_text(files: Files, model: Path) -> None:
    given = [("0100", "k100"), ("0003", "k077"), ("0100", "k100"), ("0099", "k001")]
    pairs = write_csv(files.folder / "pairs.csv", ("left_id", "right_id"), given)
    assert called(kept(files, model, "--pairs", str(pairs))) == 0
    rows = read_csv(files.out)
    assert [(row["left_id"], row["right_id"]) for row in rows] == given
    sure = [float(row["confidence"]) for row in rows]
    assert all(0 <= value <= 1 for value in sure)
    assert min(sure[0], sure[2]) > 0.5 > max(sure[1], sure[3])


def test_a_kept_model_answers_as_it_did_when_it_was_trained(files: Files, model: Path) -> None:
    assert called(files.arguments()) == 0
    before = files.out.read_bytes()
    assert called(kept(files, model)) == 0
    assert files.out.read_bytes() == before


def test_no_pairs_to_score_give_an_empty_answer(files: Files, model: Path) -> None:
    pairs = write_csv(files.folder / "none.csv", ("left_id", "right_id"), [])
    assert called(kept(files, model, "--pairs", str(pairs))) == 0
    assert files.out.read_text(encoding="utf-8") == "left_id,right_id,confidence\n"


def test_without_labels_it_refuses_and_says_why(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = files.arguments()
    place = arguments.index("--train")
    assert called(arguments[:place] + arguments[place + 2 :]) == 2
    said = capsys.readouterr().err
    assert "would be a guess" in said
    assert "--train" in said


@pytest.mark.parametrize(
    ("labelled", "said"),
    [
        ([("0001", "k001", "1"), ("0002", "k002", "1")], "non-matches"),
        ([("0001", "k002", "0"), ("0002", "k003", "0"), ("0003", "k003", "1")], "fewer than 2 matches"),
        ([], "fewer than 2 matches"),
        ([("0001", "nobody", "1")], "in line 2"),
    ],
)
def test_labels_that_teach_nothing_are_refused(
    files: Files, labelled: list[tuple[str, str, str]], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    train = write_csv(files.folder / "few.csv", ("left_id", "right_id", "label"), labelled)
    assert called([*files.arguments(), "--train", str(train)]) == 2
    assert said in capsys.readouterr().err


def test_twenty_labelled_pairs_are_enough_for_plain_tables(tmp_path: Path) -> None:
    files = write_files(tmp_path, persons=60, learnt=10)
    assert called(files.arguments()) == 0
    best = {row["left_id"]: row["right_id"] for row in reversed(read_csv(files.out))}
    assert sum(best.get(left) == right for left, right in files.truth) >= 55


def test_matches_alone_are_enough_where_unlisted_candidates_are_none(tmp_path: Path) -> None:
    files = write_files(tmp_path, persons=60, learnt=20)
    matches = [(left, right, "1") for left, right in files.truth[:20]]
    write_csv(files.train, ("left_id", "right_id", "label"), matches)
    assert called(files.arguments("--unlisted-are-nonmatches")) == 0
    found = {
        (row["left_id"], row["right_id"]) for row in read_csv(files.out) if float(row["confidence"]) >= 0.5
    }
    assert len(found & set(files.truth)) >= 55
    assert len(found - set(files.truth)) <= 3


def test_duplicates_of_one_table_are_found_once_and_never_a_record_itself(tmp_path: Path) -> None:
    files = write_files(tmp_path, persons=50, learnt=25)
    header = ("id", "name", "born")
    rows = [(row["id"], row["name"], row["born"]) for row in read_csv(files.left)]
    rows += [(row["key"], row["name"], row["born"]) for row in read_csv(files.right)]
    both = write_csv(tmp_path / "both.csv", header, rows)
    files.spec.write_text('id = "id"\n[columns]\nname = "name"\nborn = "date"\n', encoding="utf-8")
    same = ["--left", str(both), "--right", str(both)]
    assert called([*files.arguments(), *same]) == 0
    found = [(row["left_id"], row["right_id"]) for row in read_csv(files.out)]
    assert all(left != right for left, right in found)
    assert len({frozenset(pair) for pair in found}) == len(found)
    pairs = [("0001", "k001"), ("k001", "0001"), ("0001", "0001")]
    given = write_csv(tmp_path / "given.csv", ("left_id", "right_id"), pairs)
    assert called([*files.arguments("--pairs", str(given)), *same]) == 0
    scored = read_csv(files.out)
    assert [(row["left_id"], row["right_id"]) for row in scored] == pairs
    assert scored[0]["confidence"] == scored[1]["confidence"]
    assert float(scored[2]["confidence"]) == 0
