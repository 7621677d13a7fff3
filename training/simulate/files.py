"""Writes the simulated years as the files that a provider has, and the truth apart from them."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

from features.errors import BadInputError
from features.progress import track
from training.simulate import claim_files, ledger, rates, remittance_files, truth
from training.simulate.batches import Batch
from training.simulate.claims import SimulatedClaim
from training.simulate.draws import Draws
from training.simulate.network_run import Simulated
from training.simulate.payers import Payer
from training.simulate.services import Form
from training.simulate.x12_text import interchange

FORMS: tuple[tuple[Form, str], ...] = (("P", "professional"), ("I", "institutional"))


def write(folder: Path, simulated: Simulated, *, seed: int, last_day: date) -> None:
    """``claims/``, ``remittances/``, ``postings.csv`` and the folder of the truth, in an empty or earlier folder."""
    _clear(folder)
    _claims(folder / "claims", [claim for claim, _ in simulated.decided])
    _remittances(folder / "remittances", Draws(seed, "files"), simulated.batches, last_day)
    paid = [(payment, batch.day) for batch in simulated.batches for payment in batch.payments]
    ledger.write(folder / "postings.csv", Draws(seed, "ledger"), paid, last_day=last_day)
    truth.write(folder / "truth", simulated.decided, (payment for payment, _ in paid))


def _clear(folder: Path) -> None:
    """Make way for a new run, but never for anything that the simulator did not write."""
    known = {"claims", "remittances", "postings.csv", "truth"}
    if folder.exists() and {path.name for path in folder.iterdir()} - known:
        raise BadInputError(
            "the folder holds other files", where=str(folder), remedy="name an empty or a new folder"
        )
    for name in known:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        elif path.exists():
            path.unlink()
    for name in ("claims", "remittances"):
        (folder / name).mkdir(parents=True)


def _claims(folder: Path, claims: list[SimulatedClaim]) -> None:
    control = 0
    for sent, group in groupby(track(claims, "Writing claims"), key=lambda claim: claim.submitted):
        day = list(group)
        for form, word in FORMS:
            chosen = [claim for claim in day if claim.form == form]
            if chosen:
                control += 1
                body = claim_files.transaction(chosen, reference=f"B{control:08d}", sent=sent)
                text = interchange(
                    [body],
                    sender=claim_files.SUBMITTER,
                    receiver=claim_files.CLEARING_HOUSE,
                    group="HC",
                    version=claim_files.VERSIONS[form],
                    sent=sent,
                    control=control,
                )
                (folder / f"{sent.isoformat()}-{word}.837").write_bytes(text.encode("ascii"))


def _remittances(folder: Path, draws: Draws, batches: list[Batch], last_day: date) -> None:
    """A file a day from the clearing house with an interchange a payer, and one from each payer that sends its own.

    Now and then a whole file comes again, under another day's name.
    """
    control = 0
    for day, group in groupby(track(batches, "Writing remittances"), key=lambda batch: batch.day):
        texts: dict[str, str] = {}
        for payer, some in groupby(group, key=lambda batch: batch.payer):
            control += 1
            name = f"-{payer.payer_id}" if payer.delimiters else ""
            texts[name] = texts.get(name, "") + _interchange(payer, list(some), day, control)
        for name, text in texts.items():
            (folder / f"{day.isoformat()}{name}.835").write_bytes(text.encode("ascii"))
            later = day + timedelta(draws.between(1, 6))
            if draws.chance(rates.SENT_TWICE) and later <= last_day:
                (folder / f"{later.isoformat()}{name}-again.835").write_bytes(text.encode("ascii"))


def _interchange(payer: Payer, batches: list[Batch], day: date, control: int) -> str:
    return interchange(
        [remittance_files.transaction(batch) for batch in batches],
        sender=payer.payer_id,
        receiver=remittance_files.RECEIVER,
        group="HP",
        version=remittance_files.VERSION,
        sent=day,
        control=control,
    ).translate(payer.delimiters)
