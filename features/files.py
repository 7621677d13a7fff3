"""Files and folders of X12: found by walking, recognised by their content."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from features.errors import BadInputError, MissingDataError
from features.x12.delimiters import HEADER_LIMIT, read_header
from features.x12.encodings import narrowed
from features.x12.reader import read as read_stream
from features.x12.records import Record

SNIFFED = 4096  # bytes from the start of a file in which its ISA must begin


def find(paths: Sequence[Path]) -> list[Path]:
    """The files of the paths: a file as it is, a folder's files at any depth in order of name.

    Hidden files and folders inside a folder are left out. Raises MissingDataError for a path that is not there.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = (file for file in path.rglob("*") if file.is_file())
            found.extend(sorted(file for file in inside if not _hidden(file.relative_to(path))))
        elif path.exists():
            found.append(path)
        else:
            raise MissingDataError("no such file or folder", where=str(path))
    return found


def shown(path: Path) -> str:
    """The path as given; bytes of it that are no text become question marks, so that any output can hold it."""
    return str(path).encode("utf-8", "replace").decode("utf-8")


def folder_to_write(path: Path) -> Path:
    """The folder that a command was told to write into, made where it is not there.

    Ask before the work is done and not after. Raises BadInputError where nothing can be written there.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInputError(
            "nothing can be written there", shown(path), "name another place with --out"
        ) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise BadInputError("nothing may be written there", shown(path), "name another place with --out")
    return path


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def read(path: Path) -> Iterator[Record]:
    """The records of one file on disk, see ``features.x12.reader.read``.

    Raises NotX12Error where it holds no X12, BadInputError where it cannot be opened.
    """
    try:
        with path.open("rb") as stream:
            yield from read_stream(stream, file=shown(path))
    except OSError as error:
        raise BadInputError("the file cannot be read", where=str(path), remedy=str(error.strerror)) from error


def looks_like_x12(path: Path) -> bool:
    """Whether an ISA begins near the start of the file, judged by its content and not by its name."""
    try:
        with path.open("rb") as stream:
            text = narrowed(stream.read(SNIFFED + HEADER_LIMIT))
    except OSError:
        return False
    at = text.find(b"ISA", 0, SNIFFED)
    while at >= 0:
        header = read_header(text[at:])
        if header and (header.sure or not text[:at].removeprefix(b"\xef\xbb\xbf").strip()):
            return True
        at = text.find(b"ISA", at + 3, SNIFFED)
    return False
