"""What the page of a denied claim shows: what may be done, what it is expected to bring, and what came before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from features.denial_codes import DENIALS
from features.x12.records import PaymentLine
from models.recovery_options import Option
from serving.denied.records import DeniedClaim, EarlierDenial, carc_of
from serving.items import ItemDetail
from serving.pages.choices import DENIED
from serving.pages.facts import Facts, facts
from serving.pages.formatting import money, percent_range
from serving.queue_names import queue_words

NEAR_DAYS = 14  # a deadline nearer than this stands out


@dataclass(frozen=True)
class OptionView:
    """One thing that may be done."""

    option: Option
    label: str
    proposed: bool
    range: str  # the interval of its chance, or that it is a neutral rate
    a_minute: str  # dollars expected for a minute of work
    left: str  # until its deadline, in words; empty where none is known
    tone: str  # of the deadline


@dataclass(frozen=True)
class DenialLine:
    """A paid line that was refused, wholly or in part."""

    line: PaymentLine
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class DeniedView:
    """A denied claim as its page shows it."""

    queue: str
    category: str
    reasons: tuple[str, ...]
    options: tuple[OptionView, ...]
    lines: tuple[DenialLine, ...]
    payment: Facts
    claim: Facts
    earlier: tuple[tuple[EarlierDenial, str, str], ...]  # with its reasons and what was done, in words


def denied_view(item: ItemDetail, *, today: date) -> DeniedView | None:
    """The view of a denied claim on a day; None for an item of another kind."""
    denied = item.subject
    if not isinstance(denied, DeniedClaim):
        return None
    return DeniedView(
        queue=queue_words(item.row.queue or ""),
        category=denied.category.replace("-", " "),
        reasons=tuple(worded(reason) for reason in denied.reasons),
        options=tuple(
            _option(option, proposed=place == 0, today=today) for place, option in enumerate(denied.options)
        ),
        lines=_lines(denied),
        payment=facts(denied.payment),
        claim=facts(denied.claim),
        earlier=tuple((one, ", ".join(map(worded, one.reasons)), _done(one)) for one in item.earlier_denials),
    )


def worded(reason: str) -> str:
    """A group and CARC with the code's short label.

    >>> worded("CO-197"), worded("CO-X99")
    ('CO-197 authorization or notification absent', 'CO-X99')
    """
    label = DENIALS.get(carc_of(reason))
    return f"{reason} {label}" if label else reason


def days_left(deadline: date | None, today: date) -> tuple[str, str]:
    """How long until a deadline, in words, and the tone to say it in.

    >>> days_left(date(2024, 4, 10), date(2024, 4, 3)), days_left(date(2024, 4, 1), date(2024, 4, 3))
    (('7 days left', 'fair'), ('passed 2 days ago', 'bad'))
    """
    if deadline is None:
        return "", "quiet"
    days = (deadline - today).days
    count = f"{abs(days)} day{'' if abs(days) == 1 else 's'}"
    if days < 0:
        return f"passed {count} ago", "bad"
    return ("today" if days == 0 else f"{count} left"), ("fair" if days <= NEAR_DAYS else "quiet")


def _option(option: Option, *, proposed: bool, today: date) -> OptionView:
    left, tone = days_left(option.deadline, today)
    return OptionView(
        option=option,
        label=DENIED[option.action],
        proposed=proposed,
        range="neutral rate" if option.source == "neutral" else percent_range(option.low, option.high),
        a_minute=money(option.expected / max(1, round(option.minutes))),
        left=left,
        tone=tone,
    )


def _lines(denied: DeniedClaim) -> tuple[DenialLine, ...]:
    found = [
        DenialLine(line, tuple(worded(reason) for reason in _reasons(line, denied)))
        for line in denied.payment.lines
    ]
    return tuple(line for line in found if line.reasons)


def _reasons(line: PaymentLine, denied: DeniedClaim) -> list[str]:
    own = dict.fromkeys(f"{one.group}-{one.reason}" for one in line.adjustments if one.amount > 0)
    return [reason for reason in own if reason in denied.reasons]


def _done(earlier: EarlierDenial) -> str:
    if earlier.action is None:
        return "nothing decided"
    return next(
        (label for action, label in DENIED.items() if action == earlier.action), earlier.action
    ).lower()
