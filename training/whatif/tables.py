"""The report on a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from models.certificate_words import rate_text
from models.lanes import Lane
from training.whatif.errors import Estimate
from training.whatif.report import Count, KindReport, Report
from training.whatif.ruling import NO_CELL

WIDTH = 120  # characters, for the sentences above the figures
MOST = 12  # transitions shown; changes.csv has every item


def tables(report: Report) -> Iterator[Table]:
    """Three of each kind: lanes, what it comes to, and what changed."""
    for kind in report.kinds:
        yield _lanes(kind)
        yield _figures(kind, report.dollars_an_hour)
        if kind.transitions:
            yield _transitions(kind)


def percent(estimate: Estimate | None) -> str:
    """A rate with its interval.

    >>> percent(Estimate(0.002, 0.001, 0.005)), percent(None)
    ('0.20 % (0.10 to 0.50)', 'none')
    """
    if estimate is None:
        return "none"
    return f"{estimate.value:.2%} ({estimate.low * 100:.2f} to {estimate.high * 100:.2f})".replace("%", " %")


def points(estimate: Estimate | None) -> str:
    """A difference of rates, in percentage points."""
    if estimate is None:
        return "not to be said"
    low, high = estimate.low * 100, estimate.high * 100
    return f"{estimate.value * 100:+.2f} points ({low:+.2f} to {high:+.2f})"


def per_thousand(estimate: Estimate | None) -> str:
    """A difference in wrong items of a thousand."""
    if estimate is None:
        return "not to be said"
    return f"{estimate.value:+.2f} ({estimate.low:+.2f} to {estimate.high:+.2f})"


def dollars(amount: float) -> str:
    """Whole dollars.

    >>> dollars(-1234.5)
    '-$1,234'
    """
    return f"{'-' if amount < 0 else ''}${abs(amount):,.0f}"


def named(kind: str) -> str:
    """A kind as a heading.

    >>> named("denial-risk")
    'Denial risk'
    """
    return kind.replace("-", " ").capitalize()


def told(kind: KindReport, dollars_an_hour: float) -> str:
    """A kind in three sentences: what goes without a look, how much of it is wrong, and what it costs."""
    auto = next(lane for lane in kind.lanes if lane.name == Lane.AUTO.value)
    more = kind.hours_after - kind.hours_before
    work = (
        f"{abs(more):,.1f} hours {'more' if more > 0 else 'less'}"
        if round(more, 1)
        else "as many hours as today"
    )
    cost = f", {dollars(abs(more) * dollars_an_hour)}" if round(more, 1) else ""
    return (
        f"{auto.after.items:,} of {kind.items:,} items would go without a look, {auto.before.items:,} do today. "
        f"{_rightly(kind)} People would work {work}{cost}."
    )


def _rightly(kind: KindReport) -> str:
    """How much of what goes is wrong against what is allowed, and whether that is shown or may be luck."""
    rate, alpha = kind.errors_after.rate, kind.alpha_after
    if rate is None or alpha is None:
        return (
            "How often that is right cannot be said."
            if kind.errors_after.went
            else "Nothing is left to go wrong."
        )
    wrong, allowed = f"Wrong among them: {percent(rate)}", rate_text(alpha)
    if rate.value > alpha:
        return f"{wrong}, more than the {allowed} that the policy allows."
    if rate.high <= alpha:
        return f"{wrong}, within the {allowed} that the policy allows."
    return f"{wrong}; the policy allows {allowed}, and whether it is kept these items are too few to show."


def figures(kind: KindReport, dollars_an_hour: float) -> list[tuple[str, str, str, str]]:
    """What it comes to: name, before, after, difference."""
    one, other, gap = kind.errors_before, kind.errors_after, kind.difference
    more = kind.hours_after - kind.hours_before
    return [
        ("error rate of the automatic lane", percent(one.rate), percent(other.rate), points(gap.rate)),
        ("  allowed (alpha)", _alpha(kind.alpha_before), _alpha(kind.alpha_after), ""),
        (
            "  wrong of checked",
            f"{one.wrong:,} of {one.checked:,}",
            f"{other.wrong:,} of {other.checked:,}",
            "",
        ),
        ("dollars on wrong items", percent(one.dollars), percent(other.dollars), points(gap.dollars)),
        ("wrong without a look, of 1,000 items", "", "", per_thousand(gap.per_thousand)),
        ("reviewer hours", f"{kind.hours_before:,.1f}", f"{kind.hours_after:,.1f}", f"{more:+,.1f}"),
        (
            "their cost",
            dollars(kind.hours_before * dollars_an_hour),
            dollars(kind.hours_after * dollars_an_hour),
            f"{'+' if more > 0 else ''}{dollars(more * dollars_an_hour)}",
        ),
        ("moved up by waiting", f"{kind.waiting_before.moved:,}", f"{kind.waiting_after.moved:,}", ""),
        ("open on the last day", f"{kind.waiting_before.open:,}", f"{kind.waiting_after.open:,}", ""),
    ]


def _alpha(alpha: float | None) -> str:
    return "none" if alpha is None else f"{alpha:.2%}".replace("%", " %")


def _lanes(kind: KindReport) -> Table:
    when = f"{kind.first} to {kind.last}"
    title = f"{named(kind.kind)}: {kind.items:,} items, {when}; {kind.changed:,} would go elsewhere"
    table = Table(title=title, title_justify="left")
    for heading in ("lane", "items before", "after", "dollars before", "after"):
        table.add_column(heading, justify="left" if heading == "lane" else "right")
    for lane in kind.lanes:
        table.add_row(lane.name, *_counts(lane.before, lane.after))
    table.add_section()
    for cell in kind.cells:
        if cell.cell != NO_CELL and (cell.all_before.items or cell.all_after.items):
            table.add_row(f"auto: {cell.cell}", *_counts(cell.automatic_before, cell.automatic_after))
    return table


def _counts(before: Count, after: Count) -> tuple[str, str, str, str]:
    return f"{before.items:,}", f"{after.items:,}", dollars(before.dollars), dollars(after.dollars)


def _figures(kind: KindReport, dollars_an_hour: float) -> Table:
    title = f"{told(kind, dollars_an_hour)}\n95 % intervals in parentheses"
    table = Table(title=title, title_justify="left", min_width=WIDTH)
    for heading in ("", "before", "after", "difference"):
        table.add_column(heading, justify="right" if heading else "left")
    for row in figures(kind, dollars_an_hour):
        table.add_row(*row)
    return table


def _transitions(kind: KindReport) -> Table:
    shown = kind.transitions[:MOST]
    title = "What changed and why" + (
        f", the {MOST} largest of {len(kind.transitions)}" if len(shown) < len(kind.transitions) else ""
    )
    table = Table(title=title, title_justify="left")
    for heading in ("from", "to", "decided by, before", "decided by, after"):
        table.add_column(heading)
    for heading in ("items", "dollars", "wrong of checked", "such as item"):
        table.add_column(heading, justify="right")
    for one in shown:
        table.add_row(
            one.lane_before,
            one.lane_after,
            one.cause_before,
            one.cause_after,
            f"{one.count.items:,}",
            dollars(one.count.dollars),
            f"{one.wrong:,} of {one.checked:,}",
            ", ".join(map(str, one.examples)),
        )
    return table
