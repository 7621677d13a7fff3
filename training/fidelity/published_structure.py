"""The structure of public sample remittances, as figures that a simulated folder is held against."""

from __future__ import annotations

from training.fidelity import sources as s
from training.fidelity.figures import Published, Section, Unit
from training.fidelity.samples import Samples

_STRUCTURE_TITLES: dict[str, tuple[str, Unit]] = {
    "structure.claims": ("Claims a remittance", "number"),
    "structure.lines": ("Lines a claim", "number"),
    "structure.adjustments": ("CAS segments a claim", "number"),
    "structure.reasons": ("Reasons a CAS segment", "number"),
    "structure.adjusted": ("Claims with a CAS", "share"),
    "structure.remark": ("Claims with an LQ", "share"),
    "structure.moa": ("Claims with an MOA", "share"),
    "structure.mia": ("Claims with an MIA", "share"),
    "structure.reversal": ("Claims that are reversals", "share"),
    "structure.plb": ("Remittances with a PLB", "share"),
}
_NO_MOA = "No sample holds one; the range is what that many files can rule out. Medicare's own remittances often do."


def structure_section(samples: Samples) -> Section:
    """The figures of the samples: their mean over files, as the range of its 95 % interval."""
    figures = tuple(_of_samples(name, samples) for name in _STRUCTURE_TITLES if name in samples.figures)
    lead = f"Segments counted in the files, averaged over files. {samples.describe()}"
    return Section("structure", "What remittances are built of", lead, figures)


def _of_samples(name: str, samples: Samples) -> Published:
    title, unit = _STRUCTURE_TITLES[name]
    mean, low, high = samples.figures[name]
    shown = f"{mean:.1%}".replace("%", " %") if unit == "share" else f"{mean:.2f}"
    caveat = (
        _NO_MOA
        if mean == 0
        else "Examples and test data, many from the implementation guide, not a payer's daily run."
    )
    stated = f"{shown}, mean of {samples.files} files; the range is its 95 % interval"
    return Published(name, title, unit, low, high, "samples", stated, caveat, (s.SAMPLES,))
