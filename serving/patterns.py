"""The report of patterns that training put beside the champions; read again when its file has changed."""

from __future__ import annotations

from pathlib import Path

from features.errors import NotFoundError
from features.patterns.report import FILE, Report, read


class PatternReports:
    """The last report; ``folder`` is that of the champions, or None where there is none."""

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / FILE if folder else None
        self._stamp: tuple[int, int] | None = None
        self._report: Report | None = None

    def latest(self) -> Report | None:
        """The report, None where none was made yet; raises BadInputError for one that cannot be read."""
        try:
            if self._path is None:
                return None
            found = self._path.stat()
        except FileNotFoundError:
            return None
        stamp = found.st_mtime_ns, found.st_size
        if stamp != self._stamp:
            self._report, self._stamp = read(self._path), stamp
        return self._report

    def needed(self) -> Report:
        """The report; raises NotFoundError where none was made yet."""
        report = self.latest()
        if report is None:
            raise NotFoundError(
                "no patterns were looked for yet",
                remedy="run 'python -m training patterns DIR --champions FOLDER' with the champions' folder",
            )
        return report
