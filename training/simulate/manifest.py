"""What a simulated folder holds, in one file beside the data: the scenario, counts, rates by payer and reason, digests.

It tells nothing of a single claim, so that models may not learn from it and people may read it.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Any

from training.simulate.network_run import Day, Run

FORMAT = 1
NAME = "manifest.json"


class Manifest:
    """Counts the days as they go by."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.counts: Counter[str] = Counter()
        self.events: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.work: Counter[str] = Counter()
        self.by_payer: dict[str, Counter[str]] = {}

    def add(self, day: Day) -> None:
        """Count a day."""
        rejected = sum(not answer.accepted for answer in day.answers)
        self.counts.update(claims=len(day.sent), rejected=rejected, remittances=len(day.batches))
        self.counts["corrected_claims"] += sum(claim.frequency == "7" for claim in day.sent)
        for claim, decision in day.decided:
            payer = self.by_payer.setdefault(claim.payer.name, Counter(claims=0, denied=0))
            payer.update(claims=1, denied=int(decision.denied))
            self.counts["denied"] += decision.denied
            if decision.reason:
                self.reasons[decision.reason] += 1
        for batch in day.batches:
            self.counts["claim_payments"] += len(batch.payments)
            self.events.update(payment.event for payment in batch.payments)
            self.counts["takebacks"] += len(batch.takebacks)
        self.work.update(work.action for work in day.worked)

    @property
    def decided(self) -> int:
        """Claims that a payer decided."""
        return sum(payer["claims"] for payer in self.by_payer.values())

    def begin(self, folder: Path) -> None:
        """Mark the folder as the simulator's own, should the run be stopped before its end."""
        (folder / NAME).write_text(json.dumps({"format": FORMAT, "finished": False}) + "\n", encoding="utf-8")

    def write(self, folder: Path) -> None:
        """``manifest.json``, with a digest of each file and folder beside it."""
        content = json.dumps(self._content(folder), indent=1) + "\n"
        (folder / NAME).write_text(content, encoding="utf-8")

    def _content(self, folder: Path) -> dict[str, Any]:
        run = self.run
        return {
            "format": FORMAT,
            "finished": True,
            "scenario": run.scenario,
            "change": None if run.scenario == "steady" else run.change.isoformat(),
            "seed": run.seed,
            "start": run.start.isoformat(),
            "end": run.end.isoformat(),
            "counts": dict(self.counts),
            "denial_rate": _share(self.counts["denied"], self.decided),
            "denial_rate_by_payer": {
                name: {"claims": payer["claims"], "denied": _share(payer["denied"], payer["claims"])}
                for name, payer in sorted(self.by_payer.items())
            },
            "denial_share_by_reason": {
                reason: _share(count, self.counts["denied"]) for reason, count in sorted(self.reasons.items())
            },
            "claim_payments_by_event": dict(sorted(self.events.items())),
            "denial_work": dict(sorted(self.work.items())),
            "digests": {path.name: digest(path) for path in sorted(folder.iterdir()) if path.name != NAME},
        }


def is_own(folder: Path, known: Collection[str]) -> bool:
    """Whether a folder holds nothing but what a run wrote, as it wrote it; a run that was stopped half-way is one."""
    names = {path.name for path in folder.iterdir()}
    if not names:
        return True
    if names - set(known) or NAME not in names:
        return False
    try:
        manifest = json.loads((folder / NAME).read_bytes())
        if not manifest["finished"]:
            return True
        digests: dict[str, str] = manifest["digests"]
    except (ValueError, KeyError, TypeError):
        return False
    return names - {NAME} == set(digests) and all(digest(folder / name) == digests[name] for name in digests)


def digest(path: Path) -> str:
    """SHA-256 of a file, or of the names and digests of the files in a folder."""
    if path.is_file():
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    names = "".join(f"{child.name} {digest(child)}\n" for child in sorted(path.iterdir()))
    return hashlib.sha256(names.encode()).hexdigest()


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
