"""The state behind the rates: what has been decided so far, claim by claim as answers come."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
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
        values = self._all(facts)
        known = [self._known(service, facts) for service in facts.services]
        return (*(max(found, default=0.0) for found in values.values()), max(known, default=0.0))

    def of_services(self, facts: Facts) -> dict[str, tuple[float, ...]]:
        """The values of ``SERVICE_RATES`` for each of a claim's services."""
        values = self._all(facts)
        by_service = [values[name] or [0.0] * len(facts.services) for name in SERVICE_RATES]
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

    def _all(self, facts: Facts) -> dict[str, list[float]]:
        values: dict[str, list[float]] = {}
        for rate in RATES:
            values[rate.name] = self._values(rate, facts, values)
        return values

    def _values(self, rate: Rate, facts: Facts, known: Mapping[str, list[float]]) -> list[float]:
        """The shrunken rate of each key."""
        keys = rate.keys(facts)
        if not keys:
            return []
        counts, day, strength = self.tallies[rate.name].counts, facts.day, rate.strength
        found = []
        for key, prior in zip(keys, _priors(rate, known, len(keys)), strict=True):
            claims, denied = counts(key, day)
            found.append((denied + strength * prior) / (claims + strength))
        return found

    def _known(self, service: str, facts: Facts) -> float:
        return self.tallies["payer_service"].counts((service, facts.payer), facts.day)[0]


def _priors(rate: Rate, known: Mapping[str, list[float]], wanted: int) -> list[float]:
    """What each key leans on; a rate of the whole claim stands beside each of its services."""
    if not rate.prior:
        return [rate.start] * wanted
    found = [known[name] if len(known[name]) == wanted else known[name][:1] * wanted for name in rate.prior]
    if len(found) == 1:
        return found[0]
    return [
        min(HIGHEST_PRIOR, one * other / over) if over > 0 else one
        for one, other, over in zip(*found, strict=True)
    ]


def _counts(rate: Rate, categories: frozenset[str]) -> bool:
    return bool(categories) if rate.about is None else rate.about in categories


BY_NAME: Final[Mapping[str, Rate]] = {rate.name: rate for rate in RATES}
