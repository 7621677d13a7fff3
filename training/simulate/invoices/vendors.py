"""The vendors of a seed, with their items, prices and habits, and the cost centres that are charged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import exp

from training.simulate.draws import Draws, running
from training.simulate.invoices import rates
from training.simulate.invoices.numbers import STYLES
from training.simulate.invoices.records import Item, Vendor
from training.simulate.invoices.words import ABBREVIATIONS, FIRST, FORMS, SECOND, SUFFIXES, Kind

FACILITIES = tuple([f"H{n:02d}" for n in range(1, 13)] + [f"C{n:02d}" for n in range(13, 23)])
DEPARTMENTS = ("6010", "6120", "6170", "6310", "7050", "7060", "7170", "7230", "8320", "8430", "8440", "8510",
               "8610")  # fmt: skip


class CostCentres:
    """Cost centres by facility and department; some get another number on a day of their own."""

    def __init__(self, draws: Draws, start: date, end: date) -> None:
        self._moved: dict[tuple[str, str], date] = {}
        for facility in FACILITIES:
            for department in DEPARTMENTS:
                if draws.chance(rates.REORGANISED):
                    self._moved[facility, department] = start + timedelta(draws.below((end - start).days + 1))

    def code(self, facility: str, department: str, day: date) -> str:
        """The cost centre of a day, such as ``H03-6010``, and ``H03-6015`` once reorganised."""
        moved = self._moved.get((facility, department))
        if moved is not None and day >= moved:
            return f"{facility}-{department[:3]}5"
        return f"{facility}-{department}"

    def charged(self, item: Item, facility: str, day: date) -> str:
        """The cost centre that an invoice for the item is charged to."""
        return self.code(item.charged_at or facility, item.charged_to, day)


def build(
    draws: Draws, kinds: Sequence[Kind], count: int, first_id: int, start: date, end: date
) -> list[Vendor]:
    """So many vendors, at least one of each kind; identifiers count up from ``first_id``."""
    shares = running(kind.share for kind in kinds)
    chosen = [*kinds, *(draws.weighted(kinds, shares) for _ in range(count - len(kinds)))]
    return [_vendor(draws, kind, first_id + number, start, end) for number, kind in enumerate(chosen)]


def weights(draws: Draws, vendors: Sequence[Vendor], kinds: Sequence[Kind]) -> list[float]:
    """Running weights: each kind has its share, and within a kind few vendors have most of the invoices."""
    drawn = [draws.lognormal(1.2) for _ in vendors]
    by_kind = {kind.name: 0.0 for kind in kinds}
    for vendor, weight in zip(vendors, drawn, strict=True):
        by_kind[vendor.kind] += weight
    share = {kind.name: kind.share for kind in kinds}
    total, out = 0.0, []
    for vendor, weight in zip(vendors, drawn, strict=True):
        total += weight / by_kind[vendor.kind] * share[vendor.kind]
        out.append(total)
    return out


def _vendor(draws: Draws, kind: Kind, number: int, start: date, end: date) -> Vendor:
    name, variants = _names(draws, kind)
    freight = draws.weighted(tuple(rates.FREIGHT), running(rates.FREIGHT.values()))
    return Vendor(
        vendor_id=f"{number:06d}",
        second_id=f"{number + 500_000:06d}" if draws.chance(rates.SECOND_ID) else "",
        name=name,
        variants=variants,
        kind=kind.name,
        style=draws.pick(STYLES),
        prefix=draws.pick(("INV", "SI", "SO", "IO", "IN", "PSI")),
        sequence=int(10 ** draws.uniform(2.5, 6.5)),
        gap=int(10 ** draws.uniform(0, 2.5)),
        items=[_item(draws, kind) for _ in range(draws.between(6, 30))],
        usual_quantity=kind.quantity * draws.lognormal(0.4),
        rises=_rises(draws, start, end),
        late_price_file=draws.between(*rates.LATE_PRICE_FILE),
        spread=rates.MARKET_SPREAD if draws.chance(rates.MARKET_PRICED) else 0.0,
        bills_eaches=draws.chance(rates.BILLS_EACHES),
        bills_whole_order=draws.chance(rates.BILLS_WHOLE_ORDER),
        freight=freight,
        freight_amount=draws.between(800, 4500) if freight == "flat" else draws.between(20, 90),
        tax=round(draws.uniform(0.05, 0.0825), 4) if draws.chance(rates.TAXED) else 0.0,
        lead=draws.uniform(1, 10),
        amount_spread=draws.uniform(0.3, 0.9),
    )


def _names(draws: Draws, kind: Kind) -> tuple[str, tuple[str, ...]]:
    """A name, and how clerks and the vendor's own forms also write it."""
    suffix = draws.pick(SUFFIXES)
    plain = f"{draws.pick(FIRST)} {draws.pick(SECOND)} {draws.pick(kind.nouns)}"
    short = " ".join(ABBREVIATIONS.get(word, word) for word in f"{plain} {suffix}".split())
    letter = draws.between(2, len(plain) - 2)
    typo = f"{plain[: letter - 1]}{plain[letter]}{plain[letter - 1]}{plain[letter + 1 :]} {suffix}"
    return f"{plain} {suffix}", (plain, f"{plain}, {suffix}.", short, f"THE {plain} {suffix}", typo)


def _item(draws: Draws, kind: Kind) -> Item:
    pack, department = draws.pick(kind.packs), draws.pick(kind.departments)
    elsewhere = draws.chance(rates.CHARGED_ELSEWHERE)
    form = draws.pick(FORMS.get(kind.name, ("",)))
    return Item(
        number=draws.digits(6) if draws.chance(0.6) else f"{draws.pick('ABGKMRT')}{draws.digits(5)}",
        description=f"{draws.pick(kind.goods)} {form}".rstrip() + (f" {pack}/CS" if pack > 1 else ""),
        pack=pack,
        price=max(95, round(kind.price * draws.lognormal(kind.price_spread))),
        department=department,
        charged_to=draws.pick(DEPARTMENTS) if elsewhere else department,
        charged_at=FACILITIES[0] if elsewhere and draws.chance(rates.CHARGED_CENTRALLY) else "",
    )


def _rises(draws: Draws, start: date, end: date) -> list[tuple[date, float]]:
    """The vendor's contract rises within the time."""
    day, factor = start + timedelta(draws.between(0, rates.RISE_DAYS[1])), 1.0
    rises = []
    while day <= end:
        factor *= 1 + rates.RISE[0] * exp(rates.RISE[1] * draws.normal())
        rises.append((day, factor))
        day += timedelta(draws.between(*rates.RISE_DAYS))
    return rises
