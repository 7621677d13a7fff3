"""How every room's command line behaves: one way to list commands, to fail and to stop."""

from __future__ import annotations

import argparse
import ast
import importlib
import importlib.util
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Protocol, cast

from features.errors import ClearlaneError

STOPPED = 130  # the exit status after Ctrl-C: 128 and the signal's number


class Command(Protocol):
    """A module that is one command: its docstring is its help, the first line in the list of commands."""

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the command's arguments."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Do the work; the answer is the process's exit status."""


def main(
    *, prog: str, description: str, commands: Mapping[str, str], argv: Sequence[str] | None = None
) -> int:
    """Run one of the commands, each named with the module that is it; the answer is the exit status.

    A ``ClearlaneError`` ends with its message and its exit status, without a traceback; Ctrl-C with 130.
    """
    given = sys.argv[1:] if argv is None else list(argv)
    try:
        command, arguments = _read(prog, description, commands, given)
        return _run(command, arguments, f"{prog} {arguments.command}")
    except KeyboardInterrupt:  # while a command's imports run, too
        print("stopped", file=sys.stderr)  # noqa: T201
        return STOPPED


def day(text: str) -> date:
    """A day that was given to a command, as the ``type`` of an argument; argparse says what is wrong with it.

    >>> day("2024-03-01")
    datetime.date(2024, 3, 1)
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("a date is written YYYY-MM-DD") from error


def _read(
    prog: str, description: str, commands: Mapping[str, str], given: Sequence[str]
) -> tuple[Command, argparse.Namespace]:
    """The command that was given and its arguments; argparse ends the process where none was."""
    parser = argparse.ArgumentParser(
        prog=prog, description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    command: Command | None = None
    for name, path in commands.items():
        text = _docstring(path)
        verb = verbs.add_parser(
            name,
            help=text.partition("\n")[0],
            description=text,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if given[:1] == [name]:  # only the command that runs is imported: some of them import a lot
            command = cast("Command", importlib.import_module(path))
            command.configure(verb)
    arguments = parser.parse_args(given)
    assert command is not None, "argparse ends where no command is given"  # noqa: S101
    return command, arguments


def _docstring(module: str) -> str:
    """A module's docstring, without importing the module."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(module)
    return ast.get_docstring(ast.parse(Path(spec.origin).read_text(encoding="utf-8"))) or ""


def _run(command: Command, arguments: argparse.Namespace, called: str) -> int:
    try:
        return command.run(arguments)
    except ClearlaneError as error:
        print(f"{called}: {error}", file=sys.stderr)  # noqa: T201
        return error.exit_status
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
