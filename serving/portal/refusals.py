"""Why a part of a file is not taken: what is wrong, where, and what to do, without a value out of it."""

from __future__ import annotations

from features.x12.records import Problem, Source


class PartError(Exception):
    """A part that is not taken; ``where`` is a row and column, a JSON pointer or a FHIR path."""

    def __init__(self, where: str, what: str, remedy: str = "mend it and send this part again") -> None:
        super().__init__(what)
        self.where, self.what, self.remedy = where, what, remedy


def refused(refusal: PartError, file: str, place: int) -> Problem:
    """The refused part as a file's record; ``place`` is its row, its line or its ordinal, from 1.

    >>> refused(PartError("row 3, column paid", "is no amount"), "a.csv", 3).message
    'row 3, column paid: is no amount. Nothing of this part was taken: mend it and send this part again.'
    """
    message = f"{refusal.where}: {refusal.what}. Nothing of this part was taken: {refusal.remedy}."
    return Problem("part-refused", "error", message, Source(file, segment=place))
