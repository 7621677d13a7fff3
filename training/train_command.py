"""Train the models from a folder of 837s, 835s and a posting ledger, and register them.

Each model is fitted, calibrated, certified and tested on windows of their own, in time order, logged in MLflow with
its metrics, plots and card, and registered. The first version of a kind becomes the champion that serving loads; a
later one becomes the challenger, until 'python -m training promote' makes it the champion. Where the folder also holds
vendor invoices with orders, receipts and reviews (docs/invoices.md), a model of what is wrong in them is trained, too.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from features.commandline import day
from features.errors import MissingDataError
from features.progress import working
from features.settings import Settings
from training.reading import shown
from training.trained import Trained

KINDS: Final = ("denial-risk", "remittance-match", "invoice-anomaly", "denial-recovery")
BASELINES: Final = {"lookup table": "baseline_lookup_", "rule": "baseline_rule_"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="the folder to learn from")
    parser.add_argument(
        "--before", type=day, metavar="DATE", help="leave out all that is dated on or after this day"
    )
    parser.add_argument("--only", choices=KINDS, help="train one of the models")
    parser.add_argument("--rounds", type=int, metavar="N", help="trees at most (default: the model's own)")
    parser.add_argument(
        "--without-certificates",
        action="store_true",
        help="issue none, so that nothing is automatic: for files of another origin than these",
    )
    parser.add_argument("--seed", type=int, default=7, metavar="S", help="same seed, same model (default 7)")


def run(arguments: argparse.Namespace) -> int:
    """Train, register and tell; a model that lacks its data does not keep the other from being trained."""
    from features.code_pairs import CodePairs
    from training.datasets import load
    from training.registry import connect, log_and_register

    settings = Settings.from_environment()
    pairs = CodePairs.of_settings(settings)
    connect(settings)  # both before the work is done, not after
    dataset = load(arguments.data, before=arguments.before)
    if warning := dataset.intake.warning(arguments.data):
        _say(f"not all was read: {warning}")
    console = Console(file=sys.stdout)
    failures: list[MissingDataError] = []
    kinds = [arguments.only] if arguments.only else _kinds_of(arguments.data)
    for kind in kinds:
        with tempfile.TemporaryDirectory() as scratch, working(f"Training {kind}"):
            options: dict[str, Any] = {} if arguments.rounds is None else {"rounds": arguments.rounds}
            options["certify"] = not arguments.without_certificates
            if kind == "denial-risk":
                options["pairs"] = pairs
            try:
                trained = _trainer(kind)(dataset, folder=Path(scratch), seed=arguments.seed, **options)
            except MissingDataError as error:
                failures.append(error)
                continue
            registered = log_and_register(trained, settings)
        _tell(console, trained, f"version {registered.number}, {registered.alias}")
    if failures and len(failures) == len(kinds):
        raise failures[-1]
    for failure in failures:
        _say(f"not trained: {failure}")
    return 0


def _kinds_of(folder: Path) -> list[str]:
    """What is trained unless one is named: invoices and recovery only where there is something to learn from."""
    from features.denial_work import FILE as DENIAL_WORK
    from training.invoices.labels import has_tables

    there = {"invoice-anomaly": has_tables(folder), "denial-recovery": (folder / DENIAL_WORK).exists()}
    return [kind for kind in KINDS if there.get(kind, True)]


def _trainer(kind: str) -> Callable[..., Trained]:
    """The training of a kind; imported when it is wanted, so that ``--help`` stays quick."""
    if kind == "denial-risk":
        from training.denial_risk import train as train_denial_risk

        return train_denial_risk
    if kind == "invoice-anomaly":
        from training.invoices.train import train as train_invoice_anomaly

        return train_invoice_anomaly
    if kind == "denial-recovery":
        from training.recovery import train as train_denial_recovery

        return train_denial_recovery
    from training.remittance_match import train as train_remittance_match

    return train_remittance_match


def metrics_table(trained: Trained, *, title: str) -> Table:
    """The metrics that have a baseline: model, baselines, intervals; and below them the model's own."""
    table = Table(title=title, title_justify="left")
    for heading in ("metric", "model", *BASELINES):
        table.add_column(heading, justify="left" if heading == "metric" else "right")
    for name in _names(trained.metrics):
        row = [shown(trained.metrics, prefix + name) for prefix in ("", *BASELINES.values())]
        table.add_row(name.replace("_", " "), *row)
    return table


def _tell(console: Console, trained: Trained, where: str) -> None:
    console.print(metrics_table(trained, title=f"{trained.kind}: {where}"))
    for note in trained.notes:
        console.print(note, markup=False, highlight=False)
    console.print()


def _say(text: str) -> None:
    """A word on standard error, in one line however narrow the terminal is."""
    Console(stderr=True).print(text, style="yellow", markup=False, highlight=False, soft_wrap=True)


def _names(metrics: Mapping[str, float]) -> list[str]:
    ends = ("_low", "_high")
    return [name for name in metrics if not name.endswith(ends) and not name.startswith("baseline_")]
