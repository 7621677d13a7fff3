"""What remittances are built of: segments counted in the files, for what the records no longer tell apart.

A record holds the remarks of an MOA and of an LQ in one list, and the adjustments of several CAS in another. Whether
simulated remittances look like real ones is asked of the segments themselves.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from features.errors import BadInputError
from features.x12.interchanges import find_interchanges
from features.x12.segments import read_segments
from training.metrics import HIGH, LOW, exact_interval

CHUNK = 1 << 16  # bytes read at a time
CLAIM_ENDS = frozenset({"CLP", "PLB", "SE"})  # a claim of an 835 ends before any of these
REVERSAL = "22"  # CLP02
# Each figure: what is divided by what.
FIGURES: Mapping[str, tuple[str, str]] = {
    "structure.claims": ("claims", "remittances"),
    "structure.lines": ("lines", "claims"),
    "structure.adjustments": ("adjustments", "claims"),
    "structure.reasons": ("reasons", "adjustments"),
    "structure.adjusted": ("with_adjustment", "claims"),
    "structure.remark": ("with_remark", "claims"),
    "structure.moa": ("with_outpatient", "claims"),
    "structure.mia": ("with_inpatient", "claims"),
    "structure.reversal": ("reversals", "claims"),
    "structure.plb": ("with_provider_adjustment", "remittances"),
}
SHARES = frozenset(FIGURES) - {
    "structure.claims",
    "structure.lines",
    "structure.adjustments",
    "structure.reasons",
}
RESAMPLES = 1000


@dataclass(slots=True)
class Structure:
    """Counts over the 835 transactions of a file; a claim is one CLP, a line one SVC."""

    remittances: int = 0
    with_provider_adjustment: int = 0  # remittances with a PLB
    claims: int = 0
    lines: int = 0
    adjustments: int = 0  # CAS segments, of claims and lines
    reasons: int = 0  # the triplets in them
    with_adjustment: int = 0  # claims with a CAS, their own or a line's
    with_remark: int = 0  # claims with an LQ
    with_outpatient: int = 0  # claims with an MOA
    with_inpatient: int = 0  # claims with an MIA
    reversals: int = 0  # claims with CLP02 = 22


def of_file(path: Path) -> Structure:
    """The 835 transactions of one file. Raises BadInputError where it cannot be opened."""
    try:
        with path.open("rb") as stream:
            return count(stream)
    except OSError as error:
        raise BadInputError("the file cannot be read", str(path), str(error.strerror)) from error


def count(stream: BinaryIO) -> Structure:
    """The 835 transactions of a stream that can be sought.

    >>> import io
    >>> isa = b"ISA*00**00**ZZ*A*ZZ*B*260105*0900*^*00501*000000001*0*P*:~"
    >>> body = b"GS*HP*A*B*20260105*0900*1*X*005010X221A1~ST*835*1~CLP*1*1*9*5~CAS*CO*45*3**253*1~MOA***MA01~SE*5*1~"
    >>> counted = count(io.BytesIO(isa + body + b"GE*1*1~IEA*1*000000001~"))
    >>> counted.claims, counted.adjustments, counted.reasons, counted.with_outpatient, counted.lines
    (1, 1, 2, 1, 0)
    """
    found = Structure()
    inside = adjusted = False  # in an 835; a PLB was seen in it
    names: set[str] = set()  # of the current claim's segments
    for elements in _segments(stream):
        name = elements[0].strip()
        if name == "ST":
            inside, adjusted = elements[1:2] == ["835"], False
            found.remittances += inside
        elif inside and name in CLAIM_ENDS:
            _close(found, names)
            found.claims += name == "CLP"
            found.reversals += name == "CLP" and elements[2:3] == [REVERSAL]
            found.with_provider_adjustment += name == "PLB" and not adjusted
            adjusted |= name == "PLB"
            inside = name != "SE"
        elif inside:
            names.add(name)
            found.lines += name == "SVC"
            found.adjustments += name == "CAS"
            found.reasons += math.ceil((len(elements) - 2) / 3) if name == "CAS" else 0
    _close(found, names)
    return found


def _close(found: Structure, names: set[str]) -> None:
    """The claim ends: count which segments it had, and forget them."""
    found.with_adjustment += "CAS" in names
    found.with_remark += "LQ" in names
    found.with_outpatient += "MOA" in names
    found.with_inpatient += "MIA" in names
    names.clear()


def _segments(stream: BinaryIO) -> Iterator[list[str]]:
    for interchange in find_interchanges(stream):
        header = interchange.header
        separator = header.element.decode("latin-1")
        lists = read_segments(
            stream, interchange.start, interchange.end, header, chunk=CHUNK, report=lambda _: None
        )
        for texts in lists:
            for text in texts:
                yield text.split(separator)


def mean_of_files(
    files: Sequence[Structure], figure: str, *, seed: int = 0
) -> tuple[float, float, float] | None:
    """A figure of each file, averaged over the files, with the ends of its 95 % interval; None without any file.

    A file is one payer's habit, however many claims it holds, so each counts once and the bootstrap draws files.
    A share of none or of all has no spread to draw from: its interval is the exact one of the number of files.
    """
    above, below = FIGURES[figure]
    values = np.array(
        [getattr(one, above) / getattr(one, below) for one in files if getattr(one, below)], dtype=np.float64
    )
    if not values.size:
        return None
    mean = float(values.mean())
    if figure in SHARES and mean in (0.0, 1.0):
        low, high = exact_interval(int(mean) * values.size, values.size)
        return mean, low, high
    drawn = np.random.default_rng(seed).integers(0, values.size, size=(RESAMPLES, values.size))
    low, high = np.quantile(values[drawn].mean(axis=1), (LOW, HIGH))
    return mean, float(low), float(high)
