"""Networks of several seeds together: how often a promise held, how much went without a look, and what was noticed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from models.monitoring import weighted_error_rate
from training.benchmarks.repeats import named_mean
from training.benchmarks.routing.network_seed import CERTIFIED, CLOSE, NAIVE, STRESS, WATCHED
from training.metrics import exact_interval, rate

Found = Mapping[str, Any]
"""What ``network_seed.run`` found on one network."""
Counts = Mapping[str, Any]
"""Of one cell in one lane of one network."""

JUDGED = (CERTIFIED, NAIVE)
WATCHES = (CERTIFIED, WATCHED, CLOSE)


def summary(found: Sequence[Found], kind: str) -> dict[str, Any]:
    """Everything of one kind, in plain values."""
    cells = found[0]["kinds"][kind]["cells"]
    return {
        "networks": len(found),
        "alpha": cells[0]["alpha"],
        "promise": {lane: {cell["cell"]: kept(found, kind, lane, cell) for cell in cells} for lane in JUDGED},
        "networks_within": {lane: networks_within(found, kind, lane) for lane in JUDGED},
        "watch": {
            prefix + lane: watched(found, kind, prefix + lane)
            for prefix in ("", STRESS)
            for lane in WATCHES
            if prefix + lane in found[0]["kinds"][kind]["lanes"]
        },
    }


def kept(found: Sequence[Found], kind: str, lane: str, cell: Counts) -> dict[str, Any]:
    """Of one cell: in how many networks it was open, what went through, and whether alpha was kept."""
    counts = [one["kinds"][kind]["lanes"][lane][cell["cell"]] for one in found]
    opened = [one for one in counts if one["automatic"]]
    automatic, wrong = (sum(one[name] for one in counts) for name in ("automatic", "wrong"))
    figures: dict[str, Any] = {
        "open": len(opened),
        "within": sum(is_within(one, cell["alpha"]) for one in opened),
        "surely_above": sum(_surely_above(one, cell["alpha"]) for one in opened),
        "automatic": automatic,
        "wrong": wrong,
        **rate("error_rate", wrong, automatic),
        **named_mean("automatic_share", [one["automatic"] / max(one["items"], 1) for one in counts]),
    }
    if opened:
        figures |= named_mean("dollar_error_rate", [one["cents_wrong"] / one["cents"] for one in opened])
        figures["dollars_within"] = sum(one["cents_wrong"] <= cell["alpha"] * one["cents"] for one in opened)
    return figures


def networks_within(found: Sequence[Found], kind: str, lane: str) -> dict[str, Any]:
    """In how many networks every cell kept alpha; where nothing was open it is kept, and is counted apart."""
    of_cells = [_of_cells(one, kind, lane) for one in found]
    within = sum(all(is_within(counts, alpha) for counts, alpha in cells) for cells in of_cells)
    closed = sum(not any(counts["automatic"] for counts, _ in cells) for cells in of_cells)
    items, automatic = (
        [sum(counts[name] for counts, _ in cells) for cells in of_cells] for name in ("items", "automatic")
    )
    shares = [went / max(of, 1) for went, of in zip(automatic, items, strict=True)]
    return {
        "within": within,
        "nothing_open": closed,
        **rate("within_share", within, len(found)),
        **named_mean("automatic_share", shares),
    }


def watched(found: Sequence[Found], kind: str, lane: str) -> dict[str, Any]:
    """Alarms in the cells that were open, and what went wrong from the change on, a network on average."""
    watching = [pair for one in found for pair in _of_cells(one, kind, lane)]
    unwatched = [pair for one in found for pair in _of_cells(one, kind, _alone(lane))]
    opened = [pair for pair in watching if pair[0]["automatic"]]
    days = [one["alarm_after_days"] for one, _ in opened if one.get("alarm_after_days") is not None]
    figures: dict[str, Any] = {
        "open_cells": len(opened),
        "truly_above": sum(not is_within(one, alpha, since=True) for one, alpha in unwatched),
        "surely_above": sum(_surely_above(one, alpha, since=True) for one, alpha in unwatched),
        "noticed": sum(
            _noticed(one, alone, alpha) for (one, alpha), (alone, _) in zip(watching, unwatched, strict=True)
        ),
        "alarms": len(days),
        "false_alarms": _false_alarms(found, kind, lane),
        "checked": sum(one.get("checked", 0) for one, _ in opened),
        "estimated": len(told := [one for one, _ in opened if one.get("checked")]),
        "estimate_covers": sum(covers(one) for one in told),
        **named_mean("wrong_since", [float(_sum(one, kind, lane, "wrong_since")) for one in found]),
        **named_mean(
            "dollars_wrong_since", [_sum(one, kind, lane, "cents_wrong_since") / 100 for one in found]
        ),
    }
    return figures | ({"median_days": float(median(days)), "most_days": max(days)} if days else {})


def is_within(counts: Counts, alpha: float, *, since: bool = False) -> bool:
    """Whether at most alpha of what went through was wrong, ``since`` the change if so said.

    >>> is_within({"automatic": 1000, "wrong": 5}, 0.005), is_within({"automatic": 0, "wrong": 0}, 0.005)
    (True, True)
    """
    end = "_since" if since else ""
    return bool(counts[f"wrong{end}"] <= alpha * counts[f"automatic{end}"])


def covers(counts: Counts) -> bool:
    """Whether the interval of the estimate from checks or answers holds the error rate of the lane.

    >>> covers({"automatic": 4000, "wrong": 8, "checked": 200, "found": 1})
    True
    """
    checked, found = counts["checked"], counts["found"]
    drawn = [checked / counts["automatic"]] * checked
    estimate = weighted_error_rate(
        [1] * found + [0] * (checked - found), drawn, population=counts["automatic"]
    )
    return bool(estimate.low <= counts["wrong"] / counts["automatic"] <= estimate.high)


def _surely_above(counts: Counts, alpha: float, *, since: bool = False) -> bool:
    """Whether chance alone would not have brought so many errors."""
    end = "_since" if since else ""
    return exact_interval(counts[f"wrong{end}"], counts[f"automatic{end}"])[0] > alpha


def _noticed(watch: Counts, alone: Counts, alpha: float) -> bool:
    """Whether there was an alarm where nobody could take it for chance."""
    return watch.get("alarm_after_days") is not None and _surely_above(alone, alpha, since=True)


def _false_alarms(found: Sequence[Found], kind: str, lane: str) -> int:
    """Alarms of cells whose lane, had nobody watched, would have kept alpha from the change on."""
    return sum(
        watch.get("alarm_after_days") is not None and is_within(without, alpha, since=True)
        for one in found
        for (watch, alpha), (without, _) in zip(
            _of_cells(one, kind, lane), _of_cells(one, kind, _alone(lane)), strict=True
        )
    )


def _alone(lane: str) -> str:
    """The same lane with nobody watching.

    >>> _alone("stress, watched")
    'stress, certified'
    """
    return STRESS + CERTIFIED if lane.startswith(STRESS) else CERTIFIED


def _of_cells(one: Found, kind: str, lane: str) -> list[tuple[Counts, float]]:
    """Every cell's counts, with its alpha."""
    lanes, cells = one["kinds"][kind]["lanes"][lane], one["kinds"][kind]["cells"]
    return [(lanes[cell["cell"]], cell["alpha"]) for cell in cells]


def _sum(one: Found, kind: str, lane: str, name: str) -> int:
    return sum(counts[name] for counts, _ in _of_cells(one, kind, lane))
