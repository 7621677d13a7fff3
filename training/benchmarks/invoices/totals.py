"""Networks judged one after the other: each is trained on, and what came later is counted by the truth."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np

from features.invoices.book import Book
from features.invoices.cases import InvoiceCase, replay
from features.invoices.tables import REVIEWS_FILE, read_folder, read_reviews
from models.certificates import load_certificates
from models.invoices.anomalies import InvoiceAnomalyModel, routing_input
from models.policy import load_policy
from training.benchmarks.invoices.judge import Tally
from training.benchmarks.invoices.methods import Answers, Floats, answers
from training.benchmarks.invoices.truth import CLEAN, causes
from training.certificates import automatic
from training.invoices.labels import InvoiceLabels, tied
from training.invoices.train import train_folder
from training.metrics import evaluate

LEARNT = 0.8  # of the invoices, the earlier ones
MEASURES = ("auc", "average_precision", "log_loss", "ece", "ece_excess")


class Totals:
    """What adds up over the networks."""

    def __init__(self) -> None:
        self.tallies: dict[str, Tally] = {}
        self.all_held: dict[str, Tally] = {}  # at the false alarms of the ERP's rules
        self.measures: dict[str, list[Mapping[str, float]]] = {}
        self.lane = {"all": 0, "automatic": 0, "wrong": 0, "certified": 0}
        self.stated: list[float] = []  # probabilities of invoices that people checked
        self.verdicts: list[float] = []  # and what they found
        self.seconds: list[tuple[float, float]] = []

    def add(self, folder: Path, *, seed: int) -> str:
        """One network; the answer is the digest of its tables."""
        cases = list(replay(read_folder(folder), Book()))
        cut = cases[int(len(cases) * LEARNT)].invoice.received
        later = [case for case in cases if case.invoice.received >= cut]
        with tempfile.TemporaryDirectory() as scratch:
            start = time.perf_counter()
            trained = train_folder(folder, out=Path(scratch), before=cut, seed=seed, issued=cut)
            fitted = time.perf_counter()
            model = InvoiceAnomalyModel.load(Path(scratch))
            reviews = {one.voucher: one for one in read_reviews(folder / REVIEWS_FILE)}
            known = {voucher: one for voucher, one in reviews.items() if one.day < cut}
            learnt = tied(cases[: len(cases) - len(later)], known)
            self._ask(model, tied(later, reviews))
            self._judge(folder, model, learnt, later, Path(scratch), seed=seed)
        self.seconds.append((fitted - start, time.perf_counter() - fitted))
        return str(trained.parameters["data_digest"])

    def _judge(
        self,
        folder: Path,
        model: InvoiceAnomalyModel,
        learnt: InvoiceLabels,
        later: Sequence[InvoiceCase],
        parts: Path,
        *,
        seed: int,
    ) -> None:
        known = causes(folder)
        truth = [known[case.invoice.voucher] for case in later]
        wrong = [float(cause != CLEAN) for cause in truth]
        answered_by = answers(model, learnt, later, seed=seed)
        self._as_many_as_the_rules(answered_by, truth)
        for name, answered in answered_by.items():
            self.tallies.setdefault(name, Tally()).add(answered, truth)
            figures = (
                evaluate(answered.scores, wrong, resamples=1)
                if name == "ours"
                else _ranked(answered.scores, wrong)
            )
            self.measures.setdefault(name, []).append(
                {key: figures[key] for key in MEASURES if key in figures}
            )
        self._lane(model, later, wrong, parts)

    def _ask(self, model: InvoiceAnomalyModel, later: InvoiceLabels) -> None:
        """What people found in those later invoices that were drawn at random: of that our confidence speaks."""
        cases = [case for case, drawn in zip(later.cases, later.audited, strict=True) if drawn]
        self.stated += [score.probability for score in model.score(cases)]
        self.verdicts += later.wrong[later.audited].tolist()

    def _as_many_as_the_rules(self, answered: Mapping[str, Answers], truth: Sequence[str]) -> None:
        """All that the ERP's rules hold, and ours with as many false alarms."""
        held = np.array([float(bool(codes)) for codes in answered["ERP rules"].named or ()])
        clean = np.array([cause == CLEAN for cause in truth])
        share = float(held[clean].mean())
        self.all_held.setdefault("ERP rules", Tally()).add(
            Answers(held), truth, share=share + 1 / clean.sum()
        )
        self.all_held.setdefault("ours", Tally()).add(Answers(answered["ours"].scores), truth, share=share)

    def _lane(
        self, model: InvoiceAnomalyModel, later: Sequence[InvoiceCase], wrong: Sequence[float], parts: Path
    ) -> None:
        """What serving would have handed on while the certificates held."""
        certificates, day = load_certificates(parts), later[0].invoice.received
        until = day + timedelta(days=load_policy().certificate_days)
        within = [number for number, case in enumerate(later) if case.invoice.received < until]
        cases = [later[number] for number in within]
        items = [routing_input(case, score) for case, score in zip(cases, model.score(cases), strict=True)]
        went = automatic(
            items, policy=load_policy(), certificates=certificates, model_version=model.version, at=day
        )
        self.lane["all"] += len(within)
        self.lane["automatic"] += int(went.sum())
        self.lane["wrong"] += sum(
            int(wrong[number]) for number, auto in zip(within, went, strict=True) if auto
        )
        self.lane["certified"] += sum(one.threshold is not None for one in certificates)


def _ranked(scores: Floats, wrong: Sequence[float]) -> dict[str, float]:
    """How well scores that are no probabilities order the invoices."""
    span = float(np.ptp(scores)) or 1.0
    figures = evaluate((scores - scores.min()) / span, wrong, resamples=1)
    return {name: figures[name] for name in ("auc", "average_precision")}
