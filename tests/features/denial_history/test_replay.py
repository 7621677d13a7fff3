"""History knows what came before a claim's day and nothing else, however it is told."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import msgspec
import numpy as np
import pytest

from features.claim_services import service_of
from features.denial_codes import category_of
from features.denial_history.facts import Facts
from features.denial_history.history import COLUMNS, DenialHistory
from features.denial_history.outcome import Outcome
from features.denial_history.rates import RATES, Rate
from features.denial_history.replay import Answered, replay
from features.x12.records import Claim
from tests.support.builders import make_claim, make_claim_line

FIRST = date(2024, 1, 2)
CARCS = (None, None, None, "197", "27", "18", "50", "16", "96", "22", "29", "97")


def stream(count: int, *, seed: int) -> tuple[list[Claim], list[Answered]]:
    """Claims of a few patients, payers and services over a year, each answered after some weeks."""
    chosen = random.Random(seed)
    claims, answers = [], []
    for place in range(count):
        day = FIRST + timedelta(chosen.randrange(360))
        served = day - timedelta(chosen.choice((2, 2, 9, 200)))
        lines = tuple(
            make_claim_line(number=number, procedure=chosen.choice(("99213", "72148", "20610")), modifiers=())
            for number in range(1, chosen.randint(1, 3) + 1)
        )
        claims.append(
            make_claim(
                claim_id=f"C{place}",
                payer_id=chosen.choice(("P1", "P2")),
                patient_first=chosen.choice(("JANE", "JOHN", "ANN")),
                subscriber_id=chosen.choice(("W123456789", "W12345678")),
                prior_authorization=chosen.choice((None, "A1")),
                diagnoses=(chosen.choice(("M5416", "E119")),),
                frequency=chosen.choice(("1", "1", "7")),
                original_reference=chosen.choice((None, "N3", "N7")),
                lines=lines,
                charge=Decimal(100),
                submitted=day,
                service_from=served,
                service_to=served,
            )
        )
        if chosen.random() < 0.9:
            answers.append(
                Answered(
                    place,
                    day + timedelta(chosen.randint(5, 40)),
                    said(claims[-1], chosen.choice(CARCS), place),
                )
            )
    return claims, answers


def said(claim: Claim, carc: str | None, place: int) -> Outcome:
    found = frozenset({category_of(carc)}) if carc else frozenset()
    lines = {service_of(line): found for line in claim.lines[:1]} if found else {}
    return Outcome(found, lines, (carc,) if carc else (), (f"N{place}",))


def counted(
    rate: Rate, claims: Sequence[Claim], answers: Sequence[Answered], place: int
) -> dict[object, tuple[float, float]]:
    """The same counts by the slow and obvious way: the whole table, as of the day of a claim."""
    day = Facts.of(claims[place]).day
    found: dict[object, tuple[float, float]] = {}
    for one in answers:
        if one.day.toordinal() >= day:
            continue
        facts = Facts.of(claims[one.place])
        keys = rate.keys(facts)
        for number, key in enumerate(keys):
            about = (
                one.outcome.of_service(facts.services[number]) if rate.by_service else one.outcome.categories
            )
            hit = bool(about) if rate.about is None else rate.about in about
            weight = 0.5 ** ((day - one.day.toordinal()) / rate.half_life)
            claims_so_far, denied = found.get(key, (0.0, 0.0))
            found[key] = claims_so_far + weight, denied + weight * hit
    return found


def test_the_incremental_rates_are_those_of_the_whole_table_as_of_each_day() -> None:
    claims, answers = stream(50, seed=1)
    order = sorted(range(len(claims)), key=lambda place: (claims[place].submitted or date.min, place))
    pending = sorted(answers, key=lambda one: one.day)
    history = DenialHistory()
    for place in order:
        facts = Facts.of(claims[place])
        while pending and pending[0].day.toordinal() < facts.day:
            one = pending.pop(0)
            history.answered(claims[one.place], one.outcome, one.day)
        for rate in RATES:
            slow = counted(rate, claims, answers, place)
            for key in rate.keys(facts):
                fast = history.rates.tallies[rate.name].counts(key, facts.day)
                assert fast == pytest.approx(slow.get(key, (0.0, 0.0)), abs=1e-9), (rate.name, key)
        history.sent(claims[place])


def test_a_replayed_stream_gives_the_rows_that_a_service_would_have_made() -> None:
    claims, answers = stream(120, seed=2)
    rows = replay(claims, answers).rows
    live = DenialHistory()
    pending = sorted(answers, key=lambda one: (one.day, one.place))
    for place in sorted(range(len(claims)), key=lambda place: (claims[place].submitted or date.min, place)):
        while pending and pending[0].day < (claims[place].submitted or date.min):
            one = pending.pop(0)
            live.answered(claims[one.place], one.outcome, one.day)
        np.testing.assert_allclose(live.take(claims[place]), rows[place], rtol=1e-9)


@pytest.mark.parametrize("seed", [3, 4])
def test_no_later_answer_or_claim_changes_an_earlier_row(seed: int) -> None:
    claims, answers = stream(120, seed=seed)
    middle = FIRST + timedelta(180)
    before = [place for place, claim in enumerate(claims) if (claim.submitted or middle) <= middle]
    whole = replay(claims, answers).rows[before]
    turned = [
        Answered(one.place, one.day, said(claims[one.place], "197", one.place)) if one.day >= middle else one
        for one in answers
    ]
    np.testing.assert_array_equal(replay(claims, turned).rows[before], whole)
    kept = [claims[place] for place in before]
    places = {place: number for number, place in enumerate(before)}
    told = [
        Answered(places[one.place], one.day, one.outcome)
        for one in answers
        if one.place in places and one.day < middle
    ]
    np.testing.assert_array_equal(replay(kept, told).rows, whole)


def test_a_claims_own_outcome_is_in_none_of_its_columns() -> None:
    claims, answers = stream(60, seed=5)
    rows = replay(claims, answers).rows
    for one in answers[:5]:
        turned = [
            Answered(
                other.place,
                other.day,
                said(claims[other.place], None if one.outcome.denied else "197", other.place),
            )
            if other is one
            else other
            for other in answers
        ]
        np.testing.assert_array_equal(replay(claims, turned).rows[one.place], rows[one.place])


def test_no_patient_is_in_what_is_saved() -> None:
    claims, answers = stream(120, seed=6)
    held = msgspec.json.encode(replay(claims, answers).history.to_plain())
    for value in (b"JANE", b"JOHN", b"W12345678", b"N7", b"C11"):
        assert value not in held


def test_a_saved_history_tells_the_same_of_a_patient_never_seen() -> None:
    claims, answers = stream(250, seed=7)
    known = replay(claims, answers).history
    again = DenialHistory.from_plain(msgspec.json.decode(msgspec.json.encode(known.to_plain())))
    stranger = make_claim(
        patient_first="ZOE",
        subscriber_id="W999999999",
        submitted=FIRST + timedelta(400),
        payer_id="P1",
        lines=(make_claim_line(procedure="72148", modifiers=()),),
        diagnoses=("M5416",),
    )
    assert dict(zip(COLUMNS, again.columns(stranger), strict=True)) == pytest.approx(
        dict(zip(COLUMNS, known.columns(stranger), strict=True)), nan_ok=True
    )


def test_a_second_bill_of_a_visit_is_known_as_one() -> None:
    history = DenialHistory()
    first = make_claim(claim_id="A")
    history.sent(first)
    again = dict(zip(COLUMNS, history.columns(make_claim(claim_id="B")), strict=True))
    assert again["exact_repeats"] == again["same_patient_claims"] == again["same_day_claims"] == 1
    own = dict(zip(COLUMNS, history.columns(first), strict=True))
    assert own["same_day_claims"] == 0


def test_a_member_id_that_lost_a_character_is_unlike_the_payers_others() -> None:
    history = DenialHistory()
    for number in range(40):
        history.sent(make_claim(claim_id=str(number), subscriber_id=f"W{100000000 + number}"))
    shares = [
        dict(zip(COLUMNS, history.columns(make_claim(subscriber_id=one)), strict=True))["member_shape_share"]
        for one in ("W555555555", "W55555555")
    ]
    assert shares[0] > 0.9 > 0.1 > shares[1]


def test_a_corrected_claim_knows_the_denial_that_it_answers() -> None:
    history = DenialHistory()
    denied = make_claim(prior_authorization=None)
    history.sent(denied)
    history.answered(denied, said(denied, "197", 9), date(2024, 4, 2))
    corrected = make_claim(
        claim_id="A2",
        frequency="7",
        original_reference="N9",
        prior_authorization="A1",
        submitted=date(2024, 4, 12),
    )
    row = dict(zip(COLUMNS, history.columns(corrected), strict=True))
    assert (row["original_known"], row["authorization_added"], row["days_after_denial"]) == (2, 1, 10)


def test_an_authorization_is_lacking_as_far_as_it_is_usual() -> None:
    history = DenialHistory()
    scan = (make_claim_line(procedure="72148"),)
    for number in range(20):
        history.sent(
            make_claim(
                claim_id=str(number),
                lines=scan,
                prior_authorization="A1" if number < 18 else None,
                referral="R1" if number < 10 else None,
            )
        )

    def value(column: str, **changes: object) -> float:
        return dict(zip(COLUMNS, history.columns(make_claim(lines=scan, **changes)), strict=True))[column]

    assert value("authorization_lacking") == pytest.approx(18 / 25)
    assert value("authorization_lacking", prior_authorization="A9") == 0
    assert value("referral_lacking") == pytest.approx(10 / 25)
    assert value("authorization_lacking", payer_id="OTHER") == 0


def test_a_row_that_another_history_gave_becomes_the_row_that_one_s_own_gives() -> None:
    first, second = (replay(*stream(150, seed=seed)).history for seed in (1, 2))
    claims, answers = stream(120, seed=3)
    theirs, ours = (
        replay(claims, answers, history=history.for_patients()).rows for history in (first, second)
    )
    assert not np.array_equal(theirs, ours, equal_nan=True)
    assert (ours[:, COLUMNS.index("same_charge_claims")] > 0).any(), "some have relatives"
    for claim, their, our in zip(claims, theirs, ours, strict=True):
        assert np.array_equal(second.in_place_of(their.tolist(), claim), our, equal_nan=True)
