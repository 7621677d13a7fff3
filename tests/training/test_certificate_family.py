"""The cells of a policy certified as one family: groups of payers, dollars, and remittances with rows in two cells."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import numpy as np
import pytest

from models.allocation import Labels, Outcome
from models.certificates import Certificate, Certified, Uncertified
from models.exact_test import p_value
from models.policy import load_policy
from models.routing import RoutingInput
from training.certificates import CellTest, Family, Judged, certify_cells

POLICY = load_policy()
GROUPED = msgspec.structs.replace(
    POLICY, payer_groups={"public": ("medicare", "medicaid"), "blue": ("blue",)}
)
PUBLIC, BLUE = GROUPED.groups("denial-risk")
SMALL, LARGE = Decimal(200), Decimal(4_000)
Part = tuple[Decimal, str | None, int, float]  # amount, payer class, rows, wrong below this confidence


def judged(seed: int, *parts: Part, per_batch: int = 1) -> Judged:
    """Rows of several kinds mixed; a batch holds neighbours."""
    generator = np.random.default_rng(seed)
    rows = [(amount, payer, wrong) for amount, payer, count, wrong in parts for _ in range(count)]
    order = generator.permutation(len(rows))
    confidence = generator.random(len(rows))
    items, errors = [], []
    for number, place in enumerate(order):
        amount, payer, wrong = rows[place]
        items.append(_item(float(confidence[number]), amount, payer))
        errors.append(int(confidence[number] < wrong and generator.random() < 0.5))
    return Judged(
        items,
        np.array(errors),
        [number // per_batch for number in range(len(rows))],
        (date(2025, 1, 1), date(2025, 6, 30)),
    )


def _item(confidence: float, amount: Decimal, payer: str | None) -> RoutingInput:
    return RoutingInput(
        kind="denial-risk",
        confidence=confidence,
        amount=amount,
        payer="PAYER-1",
        payer_class=payer,
        low=0.1,
        high=0.2,
        proposes_action=True,
        age_days=0.0,
    )


def family(planned: Judged, fresh: Judged, **changes: Any) -> Family:
    given: dict[str, Any] = {
        "policy": POLICY,
        "model_version": "denial-risk-000000000000",
        "data_digest": "0" * 64,
        "issued": date(2026, 1, 1),
        "seed": 0,
    }
    return certify_cells("denial-risk", planned=planned, fresh=fresh, **(given | changes))


def by_cell(found: Family) -> dict[tuple[str, str], Certificate]:
    return {(one.cell.payer_group, one.cell.value_band): one for one in found.certificates}


def test_every_certificate_states_the_delta_of_the_family_and_its_own_level() -> None:
    parts = ((SMALL, None, 1_500, 0.4), (LARGE, None, 1_500, 0.4))
    found = family(judged(1, *parts), judged(2, *parts))
    for one in found.certificates:
        assert one.delta == POLICY.delta("denial-risk")
        assert one.level <= one.delta
        assert one.threshold is not None
        assert p_value(one.n, one.errors, one.alpha) <= one.level


def test_where_all_cells_pass_the_last_to_walk_has_more_than_an_even_share() -> None:
    """The sure cell is walked to its end, and leaves its share of delta to the other."""
    parts = ((SMALL, None, 1_500, 0.0), (LARGE, None, 1_500, 0.6))
    found = family(judged(1, *parts), judged(2, *parts))
    assert max(one.level for one in found.certificates) > POLICY.delta("denial-risk") / 2


def test_payer_groups_are_certified_each_on_its_own_rows() -> None:
    parts = ((SMALL, "medicare", 1_500, 0.0), (SMALL, "blue", 1_500, 1.1), (SMALL, "commercial", 900, 0.0))
    found = by_cell(family(judged(1, *parts), judged(2, *parts), policy=GROUPED))
    assert found[PUBLIC, "under-1000"].threshold is not None
    assert found[BLUE, "under-1000"].threshold is None
    assert found[PUBLIC, "under-1000"].n <= 1_500
    assert len(found) == 4  # a class in no group has no cell


def test_a_cell_that_hardly_passes_costs_the_others_nothing() -> None:
    good, hopeless = (SMALL, None, 1_500, 0.5), (LARGE, None, 30, 1.1)
    alone = by_cell(family(judged(1, good), judged(2, good)))["*", "under-1000"]
    trials = family(judged(1, good, hopeless), judged(2, good, hopeless)).trials
    assert [trial.tried for trial in trials] == [True, False]
    assert trials[0].level == alone.level == POLICY.delta("denial-risk")


def test_a_family_is_certified_where_every_remittance_has_rows_in_both_cells() -> None:
    parts = ((SMALL, None, 4_000, 0.0), (LARGE, None, 4_000, 0.0))
    found = family(judged(1, *parts, per_batch=4), judged(2, *parts, per_batch=4))
    assert all(0 < one.n <= 2_000 and one.threshold is not None for one in found.certificates)


@pytest.mark.parametrize("dollars", [False, True])
def test_dollars_are_never_certified_looser_than_items(dollars: bool) -> None:
    parts = ((SMALL, None, 4_000, 0.5), (LARGE, None, 4_000, 0.5))
    items, asked = (
        family(judged(1, *parts), judged(2, *parts), dollars=there).certificates for there in (False, dollars)
    )
    assert {one.unit for one in asked} == {"dollars" if dollars else "items"}
    for one, other in zip(items, asked, strict=True):
        assert one.threshold is not None
        assert other.threshold is None or other.threshold >= one.threshold


def test_dollars_that_go_wrong_where_amounts_are_large_are_not_certified() -> None:
    """A tenth of the items is wrong at most, and nearly all of the dollars."""
    generator = np.random.default_rng(3)
    count = 4_000
    large = generator.random(count) < 0.06
    items = [
        _item(float(sure), Decimal(990) if big else Decimal(5), None)
        for sure, big in zip(generator.random(count), large, strict=True)
    ]
    rows = Judged(items, large.astype(np.int64), list(range(count)), (date(2025, 1, 1), date(2025, 6, 30)))
    before, now = family(rows, rows), family(rows, rows, dollars=True)
    assert before.certificates[0].threshold is not None
    assert now.certificates[0].threshold is None


def test_trials_keep_the_labels_that_were_tested() -> None:
    parts = ((SMALL, None, 800, 0.3), (LARGE, None, 800, 0.3))
    found = family(judged(1, *parts), judged(2, *parts))
    for trial in found.trials:
        assert trial.scores.shape == trial.errors.shape == trial.amounts.shape
        threshold = trial.certificate.threshold
        if threshold is not None:
            above = trial.scores >= threshold
            assert (trial.certificate.n, trial.certificate.errors) == (above.sum(), trial.errors[above].sum())
            assert threshold in trial.thresholds
    assert set(found.trials[0].amounts.tolist()) == {20_000}


def test_a_cell_that_passed_at_what_others_left_keeps_that_level_in_dollars() -> None:
    """Its counts need not pass at the level of the first threshold, and its certificate must be issued all the same."""
    fresh = judged(3, (Decimal(900), None, 3_000, 0.0))
    (cell, *_), rows = POLICY.cells("denial-risk"), np.arange(3_000)
    delta = POLICY.delta("denial-risk")
    test = CellTest(cell, POLICY, Labels([], []), fresh, rows, (0.5,))
    found = Outcome(Certified(0.5, 1_500, 0), delta, True, Uncertified(1_500, 0))
    assert test.in_dollars(found, 0.75 * delta).level == delta
