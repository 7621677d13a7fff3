"""A challenger held against the champion, in sums over many items: nothing of a single one."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from serving.items import LaneName


class LanePair(Struct, frozen=True):
    """How many items the one sent to this lane, and the other would have sent to that."""

    champion: LaneName
    challenger: LaneName
    items: int


class Spread(Struct, frozen=True):
    """The confidence of the challenger less that of the champion, -1 to 1, over items that both were asked about."""

    items: int
    mean: float
    low: float  # the 5th of a hundred, by size
    quarter: float
    median: float
    three_quarters: float
    high: float  # the 95th
    beyond_a_tenth: float  # the share of items whose confidence moves by more than 0.1 either way


class OwnLane(Struct, frozen=True):
    """The share of what a model's own automatic lane lets go that is right.

    Of the judged items of that lane, each of which counts for as many as it stands for.
    """

    judged: int
    wrong: int
    precision: float | None  # 0..1; None where nothing was judged
    low: float  # at 95 %
    high: float


class Quality(Struct, frozen=True):
    """How one of the two did on the judged items; intervals at 95 %."""

    log_loss: float | None  # nats, of the probability given to what came out; None with too few judged items
    log_loss_low: float | None
    log_loss_high: float | None
    ece: float | None  # calibration error of the confidence
    ece_floor: float | None  # that perfect probabilities would show by chance
    automatic: OwnLane


class Judged(Struct, frozen=True):
    """Both on the same items: those of which it has come out since what was right."""

    items: int
    by: dict[str, int]  # by what: payers' answers, decisions, blind checks
    champion: Quality
    challenger: Quality
    difference: float | None  # in log loss, challenger less champion: below 0 the challenger is better
    difference_low: float | None
    difference_high: float | None


class Comparison(Struct, frozen=True):
    """A challenger beside a champion whose items it scored."""

    kind: str
    challenger: str  # version
    champion: str
    began_at: datetime  # UTC
    ended_at: datetime | None  # None: it shadows now
    items: int  # shadow-scored
    compared: int  # of these the latest, which the lanes and differences are of
    agreement: float | None  # the share that both send to the same lane
    lanes: tuple[LanePair, ...]
    differences: Spread | None
    judged: Judged


class ShadowReport(Struct, frozen=True):
    """The latest challenger of each kind, beside each champion of its time."""

    comparisons: tuple[Comparison, ...]
