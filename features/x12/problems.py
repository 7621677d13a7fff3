"""Every problem that the reader can report: its stable code, its severity and its words.

A warning: the data is there, and something about it is wrong. An error: data was quarantined, that is, set aside
and not given as records. No message quotes a value out of a file, for messages reach logs.
"""

from __future__ import annotations

from typing import Final

from features.x12.records import Problem, Severity, Source

PROBLEMS: Final[dict[str, tuple[Severity, str]]] = {
    # the file
    "cut-off": (
        "warning",
        "The interchange has no IEA: the file was cut off. All its transactions were closed",
    ),
    "transaction-cut-off": (
        "error",
        "The file ends inside this transaction: what is left of it was set aside. Ask the sender for the file again",
    ),
    "header-damaged": (
        "warning",
        "The ISA has not its sixteen elements: the delimiters were taken from the GS",
    ),
    "header-cut-off": (
        "warning",
        "A further ISA ends too early: the file was cut off there, or what follows was read without it",
    ),
    "component-differs": (
        "warning",
        "Composites are not separated by the character in ISA16: the one that they use was taken",
    ),
    "encoding-mixed": ("warning", "Some text is not UTF-8: it was read as Latin-1"),
    "segment-too-long": ("error", "A stretch of over a million bytes without a terminator was set aside"),
    "segment-damaged": (
        "warning",
        "A segment has no name of two or three letters and digits: it was passed over",
    ),
    "text-outside-interchange": (
        "warning",
        "There is text before the ISA or after the IEA: it was passed over",
    ),
    "segment-outside-transaction": (
        "error",
        "Segments stand outside any ST and SE: they were set aside up to the next envelope segment",
    ),
    # the envelope
    "segment-count-differs": ("warning", "SE01 is not the number of segments of the transaction"),
    "transaction-count-differs": ("warning", "GE01 is not the number of transactions of the group"),
    "group-count-differs": ("warning", "IEA01 is not the number of groups of the interchange"),
    "transaction-number-differs": ("warning", "SE02 is not the control number of the ST"),
    "group-number-differs": ("warning", "GE02 is not the control number of the GS"),
    "interchange-number-differs": ("warning", "IEA02 is not the control number of the ISA"),
    "trailer-missing": ("warning", "An envelope was closed by what follows it: its SE or GE is missing"),
    "trailer-unexpected": ("warning", "An SE or GE stands where nothing is open"),
    "transaction-unsupported": (
        "warning",
        "Transactions of this type are not read: only 835, 837, 277CA and 999 are",
    ),
    "transaction-empty": ("warning", "The transaction holds no claim, payment or acknowledgment"),
    "guide-unknown": ("warning", "GS08 names no known guide: the type was taken from the service lines"),
    "guide-differs": ("warning", "The service lines are of another claim type than the guide in GS08"),
    # values
    "amount-malformed": ("warning", "An amount or a quantity is not a decimal number: it was left out"),
    "date-malformed": ("warning", "A date does not exist or is malformed: it was left out"),
    "date-hyphenated": ("warning", "A date is written with hyphens: it was read all the same"),
    "date-form-differs": (
        "warning",
        "A service date of an 835 is written as in an 837: it was read all the same",
    ),
    "unknown-code": ("warning", "A code is not one of its list: it was kept as it is"),
    "hierarchy-broken": ("warning", "An HL names a parent that is not the level above it"),
    "identifier-missing": ("warning", "The claim has no identifier (CLM01 or CLP01)"),
    "amount-missing": ("warning", "The claim has no charge or no paid amount"),
    # balances
    "claim-charge-differs": ("warning", "CLM02 is not the sum of the line charges"),
    "line-unbalanced": ("warning", "SVC02 less the service's adjustments is not SVC03"),
    "claim-unbalanced": ("warning", "CLP03 less all adjustments of the claim and its services is not CLP04"),
    "payment-unbalanced": ("warning", "BPR02 is not the sum of CLP04 less the PLB amounts"),
    "acknowledgment-count-differs": ("warning", "AK9 does not count the transactions that the 999 lists"),
}

# Warnings too can tell that something is missing: the file ends early, a segment is none, or a trailer counts more.
SIGNS_OF_LOSS: Final = frozenset(
    {
        "cut-off",
        "header-cut-off",
        "segment-damaged",
        "segment-count-differs",
        "transaction-count-differs",
        "group-count-differs",
        "trailer-missing",
        "trailer-unexpected",
    }
)


def tells_of_loss(found: Problem) -> bool:
    """Whether data was set aside, or may be missing from the file.

    >>> tells_of_loss(problem("cut-off", Source("a.835"))), tells_of_loss(problem("unknown-code", Source("a.835")))
    (True, False)
    """
    return found.severity == "error" or found.code in SIGNS_OF_LOSS


def problem(code: str, source: Source, *, detail: str = "") -> Problem:
    """The problem of a code; ``detail`` adds counts, never values.

    >>> problem("cut-off", Source("a.835")).severity
    'warning'
    """
    severity, message = PROBLEMS[code]
    return Problem(code, severity, f"{message} ({detail})." if detail else f"{message}.", source)
