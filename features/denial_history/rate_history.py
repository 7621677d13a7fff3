"""The state behind the rates: what has been decided so far, claim by claim as answers come."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from features.denial_history.facts import Facts
from features.denial_history.outcome import Outcome
from features.denial_history.rates import RATES, Rate
from features.denial_history.tally import Tally, cells_from_plain, cells_to_plain
from features.precedents import FEWEST

COLUMNS: Final = (*(f"rate_{rate.name}" for rate in RATES), "claims_payer_service")
SERVICE_RATES: Final = tuple(rate.name for rate in RATES if rate.by_service)
HIGHEST_PRIOR: Final = 0.9  # a product of two rates is not one


class RateHistory:
    """Tallies of every rate."""

    def __init__(self) -> None:
        self.tallies = {rate.name: Tally(rate.half_life) for rate in RATES}

    def columns(self, facts: Facts) -> tuple[float, ...]:
        """The values of ``COLUMNS`` as known on the claim's day: the highest rate of its services where it has many."""
        highest = [max(found, default=0.0) for found in self._all(facts)]
        known = [self._known(service, facts) for service in facts.services]
        return (*highest, max(known, default=0.0))

    def of_services(self, facts: Facts) -> dict[str, tuple[float, ...]]:
        """The values of ``SERVICE_RATES`` for each of a claim's services."""
        values = self._all(facts)
        by_service = [values[PLACES[name]] or [0.0] * len(facts.services) for name in SERVICE_RATES]
        return dict(zip(facts.services, zip(*by_service, strict=True), strict=True))

    def answered(self, facts: Facts, outcome: Outcome, day: int) -> None:
        """Take in a payer's first answer, which came on a day."""
        for rate in RATES:
            tally = self.tallies[rate.name]
            keys = rate.keys(facts)
            if rate.by_service:
                for service, key in zip(facts.services, keys, strict=bool(keys)):
                    tally.add(key, day, hit=_counts(rate, outcome.of_service(service)))
            else:
                for key in keys:
                    tally.add(key, day, hit=_counts(rate, outcome.categories))

    def worst(self, name: str, facts: Facts) -> tuple[Hashable, int, int, date] | None:
        """The key of a rate with the highest share of denials, with its claims, denials and first day, unfaded."""
        rate, tally = BY_NAME[name], self.tallies[name]
        found = [(key, *whole) for key in rate.keys(facts) if (whole := tally.whole(key)) is not None]
        enough = [one for one in found if one[1] >= FEWEST]
        return max(enough, key=lambda one: one[2] / one[1], default=None)

    def to_plain(self) -> dict[str, list[list[Any]]]:
        """For a manifest: only what is of no single patient, and only keys with several claims."""
        return {rate.name: cells_to_plain(self.tallies[rate.name]) for rate in RATES if not rate.personal}

    @staticmethod
    def from_plain(plain: Mapping[str, Any]) -> RateHistory:
        """The inverse of ``to_plain``, but for what that leaves out."""
        history = RateHistory()
        for name, cells in plain.items():
            history.tallies[name].cells = cells_from_plain(cells)
        return history

    def _all(self, facts: Facts) -> list[list[float]]:
        """The shrunken rate of each key, a list a rate in the order of ``RATES``."""
        keys, day, tallies = [of(facts) for of in KEYS], facts.day, self.tallies
        values: list[list[float]] = []
        for rate, place, leans_on in PLAN:
            share, strength = tallies[rate.name].share, rate.strength
            values.append(
                [
                    share(key, day, _prior(rate, leans_on, values, number), strength)
                    for number, key in enumerate(keys[place])
                ]
            )
        return values

    def _known(self, service: str, facts: Facts) -> float:
        return self.tallies["payer_service"].counts((service, facts.payer), facts.day)[0]


def _prior(rate: Rate, leans_on: Sequence[int], values: Sequence[list[float]], number: int) -> float:
    """What the key at a place leans on; a rate of the whole claim stands beside each of its services."""
    if not leans_on:
        return rate.start
    one = values[leans_on[0]]
    first = one[number] if len(one) > 1 else one[0]
    if len(leans_on) == 1:
        return first
    _, second, third = leans_on
    other, over = values[second], values[third]
    common = over[number] if len(over) > 1 else over[0]
    if common <= 0:
        return first
    return min(HIGHEST_PRIOR, first * (other[number] if len(other) > 1 else other[0]) / common)


def _counts(rate: Rate, categories: frozenset[str]) -> bool:
    return bool(categories) if rate.about is None else rate.about in categories


BY_NAME: Final[Mapping[str, Rate]] = {rate.name: rate for rate in RATES}
PLACES: Final[Mapping[str, int]] = {rate.name: place for place, rate in enumerate(RATES)}
KEYS: Final = tuple(dict.fromkeys(rate.keys for rate in RATES))  # many rates are of the same keys
PLAN: Final = [(rate, KEYS.index(rate.keys), [PLACES[name] for name in rate.prior]) for rate in RATES]
"""Each rate, the place of its keys, and those of the rates before it that it leans on."""
