"""Read X12 files (837P, 837I, 837D, 835, 277CA, 999) and print what they say.

The type of a file is told from its content, not from its name; tables of remittances typed from paper and of check
stubs (CSV, see docs/paper.md) are read too. A folder is walked; files in it that are neither are passed
over with a word on standard error. Whatever is wrong with a file becomes a problem among the
records, and costs no other data.

examples:
  python -m features read remittance.835                        one JSON object a line
  python -m features read claims/ remittances/ --summary        counts and totals, a file a row
  python -m features read remittance.835 --format table         for people
  python -m features read claims/ | jq 'select(.kind == "problem")'

kinds of record: claim, remittance, claim_payment, acknowledgment, problem. Amounts are strings, exactly as
decimal numbers; dates are ISO; absent is null; source says file, interchange, group, transaction and segment.

exit status: 0 all was read (there may be warnings), 1 some data was quarantined (a problem of severity "error"),
or a named path could not be read beside others that could, 2 nothing could be read.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from features import incoming
from features.errors import ClearlaneError, MissingDataError, NotX12Error
from features.files import find, shown
from features.read_output import JsonLines, Output, Tables
from features.read_summary import Summary
from features.x12.records import Problem, Record

OUTPUTS: dict[str, Callable[[], Output]] = {"json": JsonLines, "table": Tables, "summary": Summary}


def configure(parser: argparse.ArgumentParser) -> None:
    """Paths, and the form of the output."""
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file or a folder")
    parser.add_argument(
        "--format",
        choices=("json", "table"),
        default="json",
        help="JSON lines (default), or tables for people",
    )
    parser.add_argument(
        "--summary", action="store_true", help="counts and totals a file, instead of the records"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the records; the answer is the exit status."""
    output = OUTPUTS["summary" if arguments.summary else arguments.format]()
    reading = Reading(output)
    for path in arguments.paths:
        reading.read_path(path)
    output.finish()
    return reading.exit_status


class Reading:
    """One run over the given paths: what was read, and what went wrong."""

    def __init__(self, output: Output) -> None:
        self.output = output
        self.read = 0
        self.failed = False
        self.quarantined = False

    @property
    def exit_status(self) -> int:
        """2 where nothing was read, 1 where data was quarantined or a named path failed, else 0."""
        if not self.read:
            return 2
        return 1 if self.quarantined or self.failed else 0

    def read_path(self, path: Path) -> None:
        """A file, or the files of a folder that can be read; what cannot be read is said, and the next is read."""
        try:
            files = find([path])
            if path.is_dir():
                files = self.recognised(path, files)
        except ClearlaneError as error:
            self.fail(error)
            return
        for file in files:
            self.read_file(file)

    def recognised(self, folder: Path, files: list[Path]) -> list[Path]:
        """The X12 files and tables of what came on paper among a folder's files."""
        chosen = []
        for file in files:
            if incoming.recognised(file):
                chosen.append(file)
            else:
                say(f"{shown(file)}: passed over, it is no X12")
        if not chosen:
            raise MissingDataError("the folder holds no X12 file", where=str(folder))
        return chosen

    def read_file(self, file: Path) -> None:
        """Hand a file's records to the output as they come."""
        try:
            self.output.take(file, self.watched(incoming.read(file)))
        except ClearlaneError as error:
            self.fail(error)
        else:
            self.read += 1

    def watched(self, records: Iterator[Record]) -> Iterator[Record]:
        """The same records; an error among them means that data was quarantined."""
        for record in records:
            if isinstance(record, Problem) and record.severity == "error":
                self.quarantined = True
            yield record

    def fail(self, error: ClearlaneError) -> None:
        """A path that cannot be read does not stop the others."""
        self.failed = True
        remedy = "" if isinstance(error, NotX12Error) else error.remedy
        say(str(ClearlaneError(error.what, error.where, remedy)))


def say(text: str) -> None:
    """A word on standard error."""
    sys.stderr.write(f"read: {text}\n")
