"""The model card: what a model is for, what it was made from, and how good it is, in one page of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from models.certificate_curves import Curve
from models.certificate_words import cell_name, wanting
from models.certificates import Certificate
from training.certificates import WITHOUT

FILE = "model_card.md"
CERTIFIED_ROWS = (
    "The certificates hold for rows like those of their window that no rule of the policy keeps back, and only until "
    "they expire.",
)
THRESHOLDS = "plots/thresholds/overview.png"  # what may go without a look, cell by cell


@dataclass(frozen=True)
class ModelCard:
    """The text of a card; every list item is a sentence, and none may hold patient data."""

    title: str
    what: str
    intended_use: Sequence[str]
    limits: Sequence[str]
    data: Mapping[str, str]
    metrics: Mapping[str, float]
    certificates: Sequence[Certificate]
    plots: Sequence[str] = field(default=())

    def write(self, folder: Path, curves: Sequence[Curve] = ()) -> Path:
        """Write ``model_card.md``."""
        path = folder / FILE
        path.write_text(self.markdown(curves), encoding="utf-8")
        return path

    def markdown(self, curves: Sequence[Curve] = ()) -> str:
        """The whole card; ``curves`` are those of the certificates, and say what a cell without one wants."""
        parts = [
            f"# {self.title}",
            self.what,
            "## Intended use\n\n" + _list(self.intended_use),
            "## Data\n\n" + _list(f"{name}: {value}" for name, value in self.data.items()),
            "## Measured on the test window\n\n" + metrics_table(self.metrics),
            "## Permission to act without a person\n\n" + _certificates(self.certificates, curves),
            "## Limits\n\n" + _list(self.limits),
            *(f"![{Path(plot).stem}]({plot})" for plot in self.plots),
        ]
        return "\n\n".join(parts) + "\n"


def metrics_table(metrics: Mapping[str, float]) -> str:
    """Metrics with their intervals, as a Markdown table."""
    rows = ["| metric | value | 95 % interval |", "|---|---|---|"]
    for name, value in metrics.items():
        if not name.endswith(("_low", "_high")):
            rows.append(f"| {name.replace('_', ' ')} | {value:.4f} | {interval(metrics, name)} |")
    return "\n".join(rows)


def interval(metrics: Mapping[str, float], name: str) -> str:
    """The interval of a metric as text, empty where it has none.

    >>> interval({"auc": 0.8, "auc_low": 0.78, "auc_high": 0.82}, "auc")
    '0.780 to 0.820'
    """
    if f"{name}_low" not in metrics:
        return ""
    return f"{metrics[f'{name}_low']:.3f} to {metrics[f'{name}_high']:.3f}"


def _certificates(certificates: Sequence[Certificate], curves: Sequence[Curve]) -> str:
    if not certificates:
        return f"None: {WITHOUT}."
    wants = {curve.certificate: wanting(curve) for curve in curves}
    promise = (
        f"Error rate above {certificates[0].alpha:.2%} in any cell with probability at most "
        f"{certificates[0].delta:.2%}, of all cells together:"
    )
    lines = _list(_certificate(certificate, wants.get(certificate.id, "")) for certificate in certificates)
    return f"{promise}\n\n{lines}"


def _certificate(certificate: Certificate, wants: str) -> str:
    name = cell_name(certificate.cell)
    if certificate.threshold is None:
        return f"{name}: nothing could be certified; everything goes to a person. {wants}".rstrip()
    return (
        f"{name}: confidence at least {certificate.threshold:.4f}; "
        f"{certificate.errors} errors in {certificate.n} labels of {certificate.window_from} to "
        f"{certificate.window_to}, until {certificate.expires}."
    )


def _list(sentences: Iterable[str]) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences)
