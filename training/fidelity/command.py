"""Hold a simulated folder against published figures, row by row with their sources.

Reads the folder as files, as a provider has them: claims, remittances, the posting ledger, the list of worked denials.
Writes a page with plots (index.html, nothing beside it is needed) and the figures as JSON (fidelity.json), and prints
a table. A figure outside its published range is a finding, not a failure: the exit status is 0 all the same.

With CLEARLANE_SAMPLES pointing at a folder of public samples, the structure of public remittances is measured anew;
else figures measured once stand for it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from features.errors import BadInputError
from features.read_output import console
from training.fidelity import folder, measured, page, published, report, samples, verdicts

PAGE, FIGURES = "index.html", "fidelity.json"


def configure(parser: argparse.ArgumentParser) -> None:
    """Which folder, and where the report goes."""
    parser.add_argument("data", type=Path, metavar="DIR", help="a folder of 837 and 835 files")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("fidelity"),
        metavar="DIR",
        help="the folder that the report is written to (default ./fidelity)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Measure, compare, write, and say where."""
    found = measured.measure(folder.read(arguments.data))
    compared = verdicts.compare(published.sections(samples.load()), found.figures)
    name = arguments.data.resolve().name
    written = {
        PAGE: page.render(name, found, compared),
        FIGURES: report.as_json(name, found, compared),
    }
    _write(arguments.out, written)
    shown = console()
    report.show(shown, compared)
    shown.print(f"written: {arguments.out / PAGE}, {arguments.out / FIGURES}", soft_wrap=True)
    return 0


def _write(out: Path, written: dict[str, str]) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in written.items():
            (out / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInputError("the report cannot be written", str(out), str(error.strerror)) from error
