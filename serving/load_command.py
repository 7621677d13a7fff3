"""Load X12 files, and tables of what came on paper (paper.csv, stubs.csv), into the store without the service.

Every claim becomes an item of the queue and a claim that payments are matched against; every payment becomes an item.
With --backlog, claims are only matched against: they were sent long ago, and nobody needs to ask whether they will be
denied. A file that was loaded before changes nothing.

Vendor invoices (invoices.csv) are judged by the orders and receipts that the store knows (purchase_orders.csv,
receipts.csv); of several files they are loaded last. With --backlog they are history that later ones are judged by.

    python -m serving load --backlog claims/
    python -m serving load remittances/2024-04-02.835
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from features import files
from features.code_pairs import CodePairs
from features.errors import MissingDataError, NotX12Error
from features.incoming import HEADER_LIMIT
from features.invoices.tables import sort_of
from features.progress import track
from features.settings import Settings
from models.recovery_limits import Limits
from serving import champions, ingestion
from serving.intake import Receipt
from serving.monitor.live import LiveCertificates
from serving.opening import open_store
from serving.store.monitor import MonitorStore
from serving.store.replaying import ReplayStore
from serving.store.store import Store


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="files or folders of them")
    parser.add_argument("--backlog", action="store_true", help="claims are only there to be matched against")
    parser.add_argument(
        "--without-models", action="store_true", help="load without models: nothing is scored"
    )


def run(arguments: argparse.Namespace) -> int:
    """Load and print what happened; the exit status is 1 where a file was no X12."""
    paths = in_loading_order(files.find(arguments.paths))
    settings = Settings.from_environment()
    models = champions.load(settings.models, without_models=arguments.without_models)
    models = models.with_code_pairs(CodePairs.of_settings(settings))
    if settings.denial_limits is not None:
        models = models.with_limits(Limits.read(settings.denial_limits))
    store = open_store(settings)
    models = ReplayStore.of(store).put_in_force(models, settings)
    models, _ = LiveCertificates.over(models, MonitorStore.of(store).incidents)
    receipts: list[Receipt] = []
    passed_over: list[str] = []
    try:
        for path in track(paths, "Loading", total=len(paths)):
            try:
                receipts.append(_take(path, store, models, backlog=arguments.backlog))
            except NotX12Error:
                passed_over.append(str(path))
    finally:
        store.close()
    if not receipts:
        raise MissingDataError("no X12 file was found", remedy="pass 837 and 835 files, or folders of them")
    _show(receipts, passed_over)
    return 1 if passed_over else 0


def in_loading_order(paths: Sequence[Path]) -> list[Path]:
    """The same files, vendor invoices last: they are judged by the orders and receipts that are there already."""
    return sorted(paths, key=lambda path: sort_of(_start(path)) == "invoices")


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(HEADER_LIMIT)
    except OSError:
        return b""


def _take(path: Path, store: Store, models: champions.Champions, *, backlog: bool) -> Receipt:
    return ingestion.take(
        path.read_bytes(),
        name=path.name,
        store=store,
        champions=models,
        at=datetime.now(UTC),
        backlog=backlog,
    )


def _show(receipts: list[Receipt], passed_over: list[str]) -> None:
    new = [receipt.counts for receipt in receipts if not receipt.already_taken]
    lanes = sum((Counter(counts.lanes) for counts in new), Counter[str]())
    table = Table(show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, number in (
        ("files loaded", len(new)),
        ("files loaded before", len(receipts) - len(new)),
        ("claims", sum(counts.claims for counts in new)),
        ("claim payments", sum(counts.claim_payments for counts in new)),
        ("vendor invoices", sum(counts.invoices for counts in new)),
        ("records known from other files", sum(counts.duplicates for counts in new)),
        ("items queued", sum(counts.items for counts in new)),
        *((f"  {lane}", number) for lane, number in sorted(lanes.items())),
    ):
        table.add_row(name, f"{number:,}")
    console = Console()
    console.print(table)
    for name in passed_over:
        Console(stderr=True).print(f"passed over, as it is no X12: {name}", highlight=False, soft_wrap=True)
