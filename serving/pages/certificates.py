"""What the page of certificates shows: a card for each cell, with its sentence, standing and picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from serving.certificates import Held, Standing
from serving.pages.certificate_picture import curve_svg


@dataclass(frozen=True)
class Look:
    """How a standing is shown."""

    label: str
    icon: str
    tone: str
    meaning: str


STANDINGS: Mapping[Standing, Look] = {
    "live": Look(
        "Live", "check", "good", "Items of this cell that score at or above the threshold go by themselves."
    ),
    "revoked": Look(
        "Revoked", "cross", "bad", "People decide until a new certificate is issued on later items."
    ),
    "expired": Look("Expired", "clock", "fair", "People decide until a new certificate is issued."),
    "not-in-force": Look(
        "Not in force",
        "alert",
        "fair",
        "The policy asks for more than it promises, or the model is another by now.",
    ),
    "not-certified": Look("Not certified", "lane-review", "quiet", ""),
}


@dataclass(frozen=True)
class Card:
    """One cell."""

    held: Held
    look: Look
    picture: Markup | None


@dataclass(frozen=True)
class KindCards:
    """The cells of a kind of item."""

    kind: str
    cards: tuple[Card, ...]

    @property
    def live(self) -> int:
        """How many of them let items go."""
        return sum(card.held.standing == "live" for card in self.cards)


def certificates_view(held: Sequence[Held]) -> tuple[KindCards, ...]:
    """Cards by kind, in the order given."""
    return tuple(
        KindCards(kind, tuple(_card(one) for one in ones))
        for kind, ones in groupby(held, key=lambda one: one.certificate.cell.kind)
    )


def _card(held: Held) -> Card:
    drawn = held.curve if held.curve and held.curve.points else None
    return Card(held, STANDINGS[held.standing], curve_svg(drawn) if drawn else None)
