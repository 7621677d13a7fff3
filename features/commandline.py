"""How every room's command line behaves: one way to list commands, to fail and to stop."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Protocol, cast

from features.errors import ClearlaneError


class Command(Protocol):
    """A module that is one command: its first docstring line is its help."""

    __doc__: str | None

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
    parser = argparse.ArgumentParser(
        prog=prog, description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    modules: dict[str, Command] = {}
    for name, path in commands.items():
        module = cast("Command", importlib.import_module(path))
        modules[name] = module
        text = (module.__doc__ or "").strip()
        verb = verbs.add_parser(
            name,
            help=text.partition("\n")[0],
            description=text,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.configure(verb)
    arguments = parser.parse_args(argv)
    try:
        return modules[arguments.command].run(arguments)
    except ClearlaneError as error:
        print(f"{prog} {arguments.command}: {error}", file=sys.stderr)  # noqa: T201
        return error.exit_status
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)  # noqa: T201
        return 130
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
