"""What a replay leaves: the page, the figures and the changes in a folder; with --log, figures and page in MLflow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from features.settings import Settings
from training.whatif.csv_file import FILE as CHANGES
from training.whatif.csv_file import write_changes
from training.whatif.page import write_page
from training.whatif.report import Report
from training.whatif.study import Answer

FIGURES = "whatif.json"


def write(folder: Path, answer: Answer) -> list[Path]:
    """Write all three files, and nothing anywhere else."""
    folder.mkdir(parents=True, exist_ok=True)
    figures = folder / FIGURES
    figures.write_bytes(msgspec.json.format(msgspec.json.encode(answer.report), indent=1) + b"\n")
    return [write_page(folder, answer.report), figures, write_changes(folder, answer.replays)]


def reach_store(settings: Settings) -> None:
    """Find out before the work whether MLflow can be reached; raises MissingDataError where it cannot."""
    from training.registry import connect

    connect(settings)


def log(report: Report, written: Sequence[Path], settings: Settings) -> str:
    """A run of its own in MLflow, whose id is returned; single items stay out of it."""
    import mlflow

    reach_store(settings)
    tags = {"what_if": report.policy_after}
    with mlflow.start_run(run_name=f"what-if {report.policy_after}", tags=tags) as run:
        mlflow.log_params(dict(_parameters(report)))
        mlflow.log_metrics(dict(_metrics(report)))
        for path in written:
            if path.name != CHANGES:
                mlflow.log_artifact(str(path))
    return str(run.info.run_id)


def _parameters(report: Report) -> Iterator[tuple[str, str]]:
    yield "policy_before", report.policy_before
    yield "policy_after", report.policy_after
    yield "data_digest", report.data_digest
    for kind in report.kinds:
        name = kind.kind.replace("-", "_")
        yield f"{name}_model_before", kind.model_before
        yield f"{name}_model_after", kind.model_after
        yield f"{name}_days", f"{kind.first} to {kind.last}, judged from {kind.honest_from}"
        yield f"{name}_recertified", "yes" if kind.recertified else "no"


def _metrics(report: Report) -> Iterator[tuple[str, float]]:
    for kind in report.kinds:
        name = kind.kind.replace("-", "_")
        yield f"{name}_changed", kind.changed
        for side, errors, hours in (
            ("before", kind.errors_before, kind.hours_before),
            ("after", kind.errors_after, kind.hours_after),
        ):
            yield f"{name}_hours_{side}", hours
            yield f"{name}_automatic_{side}", errors.went
            if errors.rate:
                yield f"{name}_error_rate_{side}", errors.rate.value
                yield f"{name}_error_rate_{side}_low", errors.rate.low
                yield f"{name}_error_rate_{side}_high", errors.rate.high
