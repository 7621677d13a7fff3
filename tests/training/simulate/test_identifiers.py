"""Identifiers are as their issuers make them."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from tests.training.simulate.conftest import Simulated
from training.simulate import network
from training.simulate.draws import Draws
from training.simulate.identifiers import claim_number, npi, payer_claim_number

DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)  # a digit twice, its digits added


@pytest.mark.parametrize("seed", range(5))
def test_facilities_that_number_without_a_prefix_never_meet(seed: int) -> None:
    built = network.build(Draws(seed, "network"), date(2023, 1, 1), date(2025, 12, 31))
    starts = sorted(facility.sequence for facility in built.facilities if facility.style == "plain")
    assert len(starts) > 1
    assert all(later - earlier > 900_000 for earlier, later in pairwise(starts))


def luhn_is_right(number: str) -> bool:
    """The slow, obvious check over 80840 and the whole identifier."""
    digits = [int(digit) for digit in "80840" + number]
    return (sum(digits[-1::-2]) + sum(DOUBLED[digit] for digit in digits[-2::-2])) % 10 == 0


def test_every_provider_identifier_has_its_check_digit(network: Simulated) -> None:
    assert npi(123456789) == "1234567893"  # the standard's own example
    facilities = network.network.facilities
    numbers = {f.npi for f in facilities} | {o.npi for o in network.network.organizations}
    numbers |= {p.npi for f in facilities for some in f.physicians.values() for p in some}
    assert len(numbers) > 300
    assert all(len(number) == 10 and luhn_is_right(number) for number in numbers)


def test_long_control_numbers_of_neighbours_are_alike_in_the_20_characters_that_payers_keep() -> None:
    one, two = (claim_number("long", "NB", 2024, "1000007", sequence) for sequence in (77, 78))
    assert one != two
    assert one[:20] == two[:20]


def test_no_control_number_is_longer_than_the_guide_allows(network: Simulated) -> None:
    assert max(len(claim.claim_id) for claim, _ in network.decided) <= 38


def test_payers_number_what_they_receive_in_the_order_of_the_days() -> None:
    for style in ("dated", "lettered", "plain"):
        early, late = (payer_claim_number(style, date(2024, 3, day), 5) for day in (1, 2))
        assert early < late
