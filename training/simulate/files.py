"""Writes the simulated days as the files that a provider has, and the truth apart from them."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import ExitStack, closing
from datetime import timedelta
from itertools import groupby
from pathlib import Path

from features.errors import BadInputError
from training.simulate import acknowledgment_files, claim_files, ledger, rates, remittance_files
from training.simulate.bank.deposits import Deposits
from training.simulate.batches import Batch
from training.simulate.draws import Draws
from training.simulate.invoices import run as erp
from training.simulate.manifest import Manifest, is_own
from training.simulate.network_run import Day, Run
from training.simulate.paper.run import Paper
from training.simulate.payers import Payer
from training.simulate.services import Form
from training.simulate.tables import table
from training.simulate.truth import Truth, write_all
from training.simulate.x12_text import interchange

FORMS: tuple[tuple[Form, str], ...] = (("P", "professional"), ("I", "institutional"))
FOLDERS = ("claims", "acknowledgments", "remittances", "truth")
TABLES = (
    "postings.csv", "audits.csv", "denial_work.csv", "deposits.csv", "paper.csv", "stubs.csv", "purchase_orders.csv",
    "receipts.csv", "invoices.csv", "invoice_reviews.csv", "manifest.json",
)  # fmt: skip
CLAIMS_AN_INVOICE = 10  # a hospital system has about one vendor invoice for ten claims; chosen


def write(folder: Path, run: Run) -> Manifest:
    """Every file of the run, in an empty or earlier folder, day by day; the manifest says what was written."""
    _clear(folder)
    manifest = Manifest(run)
    manifest.begin(folder)
    with ExitStack() as open_files:
        postings = open_files.enter_context(table(folder / "postings.csv", ledger.POSTINGS))
        audits = open_files.enter_context(table(folder / "audits.csv", ledger.AUDITS))
        work = open_files.enter_context(table(folder / "denial_work.csv", ledger.DENIAL_WORK))
        truth = open_files.enter_context(closing(Truth(folder / "truth")))
        bank = open_files.enter_context(_bank(folder, run))
        paper = open_files.enter_context(_paper(folder, run))
        x12 = X12Files(folder, run)
        clerks, auditors = Draws(run.seed, "ledger"), Draws(run.seed, "audits")
        for day in run.days():
            x12.add(day)
            posted = list(ledger.posted(clerks, day.batches, run.channels, last_day=run.end))
            write_all(postings, (posting.row() for posting in posted))
            write_all(audits, ledger.audits(auditors, posted, last_day=run.end))
            write_all(work, ledger.denial_work(day.worked))
            bank.add(day.day, day.batches)
            paper.add(day.day, day.batches)
            truth.add(day)
            manifest.add(day)
    invoices = max(1, run.claims // CLAIMS_AN_INVOICE)
    manifest.counts.update(erp.write(folder, seed=run.seed, start=run.start, end=run.end, invoices=invoices))
    manifest.write(folder)
    return manifest


def _bank(folder: Path, run: Run) -> Deposits:
    truth = folder / "truth" / "deposits.csv"
    return Deposits(folder / "deposits.csv", truth, seed=run.seed, channels=run.channels, last_day=run.end)


def _paper(folder: Path, run: Run) -> Paper:
    return Paper(folder, folder / "truth", seed=run.seed, channels=run.channels, last_day=run.end)


def _clear(folder: Path) -> None:
    """Make way for a new run, but never for anything that the simulator did not write."""
    known = {*FOLDERS, *TABLES}
    if folder.exists() and not folder.is_dir():
        raise BadInputError("this is a file and no folder", where=str(folder), remedy="name a new folder")
    if folder.exists() and not is_own(folder, known):
        raise BadInputError(
            "the folder holds other files, or files that have changed since they were simulated",
            where=str(folder),
            remedy="name an empty or a new folder",
        )
    for name in known:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        elif path.exists():
            path.unlink()
    for name in FOLDERS:
        (folder / name).mkdir(parents=True)


class X12Files:
    """The claims, acknowledgments and remittances of a folder; takes the days in order."""

    def __init__(self, folder: Path, run: Run) -> None:
        self.folder = folder
        self.channels = run.channels
        self.last_day = run.end
        self._draws = Draws(run.seed, "files")
        self._control = dict.fromkeys(("claims", "acknowledgments", "remittances"), 0)

    def add(self, day: Day) -> None:
        """Write a day's files."""
        self._claims(day)
        self._acknowledgments(day)
        self._remittances(day)

    def _next(self, kind: str) -> int:
        self._control[kind] += 1
        return self._control[kind]

    def _claims(self, day: Day) -> None:
        for form, word in FORMS:
            chosen = [claim for claim in day.sent if claim.form == form]
            if chosen:
                control = self._next("claims")
                text = interchange(
                    [claim_files.transaction(chosen, reference=f"B{control:08d}", sent=day.day)],
                    sender=claim_files.SUBMITTER,
                    receiver=claim_files.CLEARING_HOUSE,
                    group="HC",
                    version=claim_files.VERSIONS[form],
                    sent=day.day,
                    control=control,
                )
                _write(self.folder / "claims" / f"{day.day.isoformat()}-{word}.837", text)

    def _acknowledgments(self, day: Day) -> None:
        """One file from the clearing house the day after, with a transaction a payer."""
        later = day.day + timedelta(1)
        if not day.answers or later > self.last_day:
            return
        control = self._next("acknowledgments")
        ordered = sorted(
            day.answers, key=lambda answer: (answer.claim.payer.payer_id, answer.claim.facility.owner.npi)
        )
        bodies = [
            acknowledgment_files.transaction(
                payer, list(some), reference=f"A{control:07d}{number:03d}", sent=later
            )
            for number, (payer, some) in enumerate(groupby(ordered, key=lambda answer: answer.claim.payer))
        ]
        text = interchange(
            bodies,
            sender=claim_files.CLEARING_HOUSE,
            receiver=acknowledgment_files.RECEIVER,
            group="HN",
            version=acknowledgment_files.VERSION,
            sent=later,
            control=control,
        )
        _write(self.folder / "acknowledgments" / f"{later.isoformat()}.277", text)

    def _remittances(self, day: Day) -> None:
        """A file from the clearing house with an interchange a payer, and one from each payer that sends its own.

        What comes on paper is in neither.
        Now and then a whole file comes again, under another day's name.
        """
        texts: dict[str, str] = {}
        electronic = [batch for batch in day.batches if not self.channels.is_paper(batch.payer)]
        for payer, some in groupby(electronic, key=lambda batch: batch.payer):
            name = f"-{payer.payer_id}" if payer.delimiters else ""
            texts[name] = texts.get(name, "") + self._interchange(payer, list(some), day)
        for name, text in texts.items():
            _write(self.folder / "remittances" / f"{day.day.isoformat()}{name}.835", text)
            later = day.day + timedelta(self._draws.between(1, 6))
            if self._draws.chance(rates.SENT_TWICE) and later <= self.last_day:
                _write(self.folder / "remittances" / f"{later.isoformat()}{name}-again.835", text)

    def _interchange(self, payer: Payer, batches: Iterable[Batch], day: Day) -> str:
        return interchange(
            [
                remittance_files.transaction(batch, by_check=self.channels.pays_by_check(payer))
                for batch in batches
            ],
            sender=payer.payer_id,
            receiver=remittance_files.RECEIVER,
            group="HP",
            version=remittance_files.VERSION,
            sent=day.day,
            control=self._next("remittances"),
        ).translate(payer.delimiters)


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("ascii"))
