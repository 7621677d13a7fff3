"""Everything published that the report names: what is held against a folder, and what stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from training.fidelity import sources as s
from training.fidelity.figures import Section
from training.fidelity.published_denials import DENIALS, REASONS, SPREAD
from training.fidelity.published_payments import DAYS, LATER
from training.fidelity.published_structure import structure_section
from training.fidelity.samples import Samples
from training.fidelity.sources import Source


def sections(samples: Samples) -> Sequence[Section]:
    """All figures, in the order of the report."""
    return (DENIALS, SPREAD, REASONS, LATER, DAYS, structure_section(samples))


@dataclass(frozen=True)
class Beside:
    """A published figure that no file of a provider can be held against, and why."""

    stated: str
    why: str
    source: Source


BESIDE: Sequence[Beside] = (
    Beside("6.4 % of prior authorization requests denied, 81.7 % of the appeals won (Medicare Advantage, 2023)",
           "Requests before the service, not claims: they stand in no 837 or 835.", s.KFF_PRIOR_AUTHORIZATION),
    Beside("12.5 % of prior authorization requests denied (Medicaid managed care, 2019)",
           "Requests, as above.", s.OIG_2023),
    Beside("13 % of denied requests met coverage rules (Medicare Advantage, 2019)",
           "What should have been decided, which only a reviewer knows.", s.OIG_2022),
    Beside("1 % of denials appealed (Medicare Advantage, 2014 to 2016), fewer than 1 % (exchange plans, 2023)",
           "Appeals of members and providers; an 837 and an 835 do not show them.", s.OIG_2018),
    Beside("38 % of providers say that at least one claim in ten is denied",
           "A survey of opinions about one's own rate.", s.EXPERIAN),
    Beside("65 % of denied claims never sent again",
           "Repeated widely without a study to check. The share sent again is shown in the JSON and not judged.",
           s.NEVER_REWORKED),
)  # fmt: skip
