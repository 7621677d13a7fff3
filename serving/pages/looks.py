"""The icon, word and tone of lanes, kinds and agreements: no meaning hangs on colour alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from features.evidence import Agreement
from serving.items import Kind, LaneName

Tone = Literal["good", "fair", "bad", "quiet"]


@dataclass(frozen=True)
class Mark:
    """An icon by its name, a word and a tone."""

    icon: str
    word: str
    tone: Tone


_AGREEMENTS: Mapping[Agreement, Mark] = {
    "exact": Mark("check", "same", "good"),
    "normalised": Mark("check-tilde", "same after clean-up", "good"),
    "similar": Mark("approx", "similar", "fair"),
    "absent": Mark("absent", "missing", "quiet"),
    "conflict": Mark("cross", "differs", "bad"),
}


def agreement(kind: Agreement, similarity: float | None = None) -> Mark:
    """How two values agree; a similarity in 0..1 stands in the word of "similar", rounded down.

    >>> agreement("similar", 0.879).word, agreement("exact").word
    ('similar 87 %', 'same')
    """
    mark = _AGREEMENTS[kind]
    if kind != "similar" or similarity is None:
        return mark
    return Mark(mark.icon, f"similar {min(99, int(similarity * 100))} %", mark.tone)


@dataclass(frozen=True)
class LaneLook:
    """A lane as it is shown."""

    label: str
    icon: str
    meaning: str


# The strictest first, as the list is ordered.
LANES: Mapping[LaneName, LaneLook] = {
    "escalate": LaneLook("Escalate", "lane-escalate", "Large, late or flagged: decide these first."),
    "specialist": LaneLook("Specialist", "lane-specialist", "Unusual: these need someone experienced."),
    "review": LaneLook("Review", "lane-review", "One look by any reviewer."),
    "auto": LaneLook("Auto", "lane-auto", "Went without a look, under a certificate."),
}
KINDS: Mapping[Kind, str] = {
    "remittance-match": "Remittance match",
    "denial-risk": "Denial risk",
    "rejected-claim": "Rejected claim",
    "unreadable": "Unreadable data",
    "denied-claim": "Denied claim",
    "invoice-anomaly": "Vendor invoice",
}


def differing(text: str | None, other: str | None) -> tuple[tuple[str, bool], ...]:
    """The text in pieces, each with whether it differs from the other text; whole when too little is shared.

    >>> differing("W12", "W13"), differing("JOHNSON", "JONSON")
    ((('W1', False), ('2', True)), (('JO', False), ('H', True), ('NSON', False)))
    """
    if not text or not other or text == other:
        return ((text or "", False),)
    matcher = SequenceMatcher(None, text.casefold(), other.casefold(), autojunk=False)
    if matcher.ratio() < 0.5:  # most of it differs: marking single letters would only be noise
        return ((text, False),)
    if len(text.casefold()) != len(text):  # the positions found would not be those of the text
        return ((text, False),)
    pieces: list[tuple[str, bool]] = []
    for tag, start, end, _, _ in matcher.get_opcodes():
        if end > start:
            pieces.append((text[start:end], tag != "equal"))
    return tuple(pieces)
