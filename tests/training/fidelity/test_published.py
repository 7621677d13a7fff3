"""The published figures are whole: each has a range, a source, and something measured beside it."""

from __future__ import annotations

import pytest

from training.fidelity import sources
from training.fidelity.figures import Published
from training.fidelity.measured import days_to_answer, denial_rates, later, reason_mix
from training.fidelity.published import BESIDE, sections
from training.fidelity.reason_mix import CATEGORIES, category
from training.fidelity.samples import load
from training.fidelity.sources import Source
from training.fidelity.structure import FIGURES

ALL = [figure for section in sections(load()) for figure in section.figures]
SOURCES = [value for value in vars(sources).values() if isinstance(value, Source)]


@pytest.mark.parametrize("figure", ALL, ids=lambda figure: figure.name)
def test_a_figure_has_a_range_words_and_a_source(figure: Published) -> None:
    assert figure.low <= figure.high
    assert figure.unit not in ("share", "points") or 0 <= figure.low <= figure.high <= 1
    assert figure.stated
    assert figure.caveat
    assert figure.sources


def test_no_two_figures_share_a_name() -> None:
    assert len({figure.name for figure in ALL}) == len(ALL)


def test_every_figure_is_one_that_is_measured() -> None:
    measured = {*denial_rates([]), *reason_mix([]), *later([]), *days_to_answer([]), *FIGURES}
    measured |= {"payers.lowest", "payers.highest", "later.days"}
    assert {figure.name for figure in ALL} <= measured


def test_every_category_of_reasons_has_a_figure() -> None:
    assert {f"reason.{name}" for name in CATEGORIES} == {f.name for f in ALL if f.name.startswith("reason.")}


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.title)
def test_a_source_that_was_read_has_an_address(source: Source) -> None:
    assert source.url.startswith("http") or source.reading == "memory" or source is sources.SAMPLES


def test_every_source_is_named_by_a_figure() -> None:
    named = {source for figure in ALL for source in figure.sources} | {one.source for one in BESIDE}
    assert named == set(SOURCES)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("CO-27", "registration or eligibility"),
        ("OA-22", "registration or eligibility"),
        ("CO-16", "missing or invalid data"),
        ("CO-197", "authorization"),
        ("PR-96", "service not covered"),
        ("CO-252", "documentation requested"),
        ("CO-50", "medical necessity"),
        ("CO-29", "untimely filing"),
        ("CO-97", "coding"),
        ("CO-B7", "provider eligibility"),
        ("OA-18", "duplicates and all else"),
        ("CO-ZZZ", "duplicates and all else"),
    ],
)
def test_a_reason_code_stands_in_its_category(reason: str, expected: str) -> None:
    assert category(reason) == expected
