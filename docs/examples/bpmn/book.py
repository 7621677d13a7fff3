"""The caller's own book: how each item ended, and which were late. It stands for an ERP or a case system."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


class Book:
    """Lines that are added once: the same event of the same item again changes nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def lines(self) -> list[dict[str, Any]]:
        """All of them, the oldest first; a line that was cut off in the middle of writing does not count."""
        if not self._path.exists():
            return []
        whole = self._path.read_bytes().rpartition(b"\n")[0]
        return [json.loads(line) for line in whole.splitlines()]

    def add(self, event: str, item: str, **told: Any) -> dict[str, Any]:
        """The line that stands there from now on."""
        lines = self.lines()
        for line in lines:
            if (line["event"], line["item"]) == (event, item):
                return line
        line = {"event": event, "item": item, **told}
        replace_file(self._path, "".join(json.dumps(one) + "\n" for one in [*lines, line]))
        return line


def replace_file(path: Path, text: str) -> None:
    """Write a file whole or not at all, also where the process or the machine dies."""
    new = path.with_suffix(".new")
    with new.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
