"""Champions with all that serves by them: a worker has one set at a time, and two for a moment when it goes over."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from features.code_pairs import CodePairs
from features.settings import Settings
from models.recovery_limits import Limits
from serving import champions
from serving.access.listening import listening_hosts
from serving.access.settings import AccessSettings
from serving.ageing.rounds import Rounds
from serving.application import Application, build
from serving.audit.in_force import with_identity
from serving.champion_folder import INVOICES, KINDS, RECOVERY
from serving.champions import Champions
from serving.live.fingerprint import fingerprint
from serving.outbox.settings import OutboxSettings
from serving.retention.limit import check_limit
from serving.retention.schedule import ScheduledPurge
from serving.shadow.rounds import ShadowRounds
from serving.store.replaying import ReplayStore
from serving.store.store import Store
from serving.worklists.reviewers import read_team

WITHOUT_MODELS = "CLEARLANE_WITHOUT_MODELS"


@dataclass(frozen=True)
class Generation:
    """An application over a store that outlives it, and the threads that look after what time and challengers bring."""

    application: Application
    rounds: Rounds
    shadow: ShadowRounds
    champions: Champions
    files: str  # the fingerprint of what it was loaded from, taken before

    @property
    def named(self) -> dict[str, str]:
        """The versions of the models that are there, and of the policy."""
        recovery, policy = self.champions.denial_recovery, self.champions.policy
        found = {kind: self.champions.model_version(kind) for kind in (*KINDS, INVOICES)}
        found[RECOVERY] = recovery.version if recovery else None
        there = {kind: version for kind, version in found.items() if version}
        return {**there, "policy": policy.version}

    @property
    def versions(self) -> str:
        """The same for the log."""
        return ", ".join(f"{kind} {version}" for kind, version in self.named.items())

    def begin(self) -> None:
        """Look after what time brings, deliver events, do jobs and have challengers score."""
        self.rounds.start()
        self.shadow.start()
        self.application.start()

    def retire(self) -> None:
        """Finish what runs."""
        self.shadow.close()
        self.rounds.close()
        self.application.finish()


@dataclass(frozen=True)
class Loader:
    """Makes generations out of what the settings name, as it stands at the time."""

    settings: Settings
    store: Store
    clock: Callable[[], datetime]

    def load(self) -> Generation:
        """It has not begun; raises ClearlaneError where something cannot be read or is refused.

        The audit log says what is in force only when all of it is built: what is refused never was.
        """
        files = self.fingerprint()  # first: what changes while it is loaded is seen at the next look
        models, body = with_identity(self._champions(), self.settings)
        application = self._application(models)
        rounds = Rounds(self.store, models.policy, clock=self.clock, observe=self._observing(application))
        shadow = ShadowRounds(self.store, models, self.settings.challengers, clock=self.clock)
        try:
            ReplayStore.of(self.store).note_in_force(body)
        except BaseException:
            application.finish()
            raise
        return Generation(application, rounds, shadow, models, files)

    def fingerprint(self) -> str:
        """Of the files that it loads, as they are now."""
        return fingerprint(self.settings.models, self.settings.policy)

    def _application(self, models: Champions) -> Application:
        return build(
            self.store,
            models,
            clock=self.clock,
            hosts=self.settings.hosts,
            patterns=self.settings.models,
            team=read_team(self.settings.reviewers),
            access=AccessSettings.from_environment(),
            listening=listening_hosts(),
            events=OutboxSettings.from_environment(),
            answers_logged=self.settings.audit_answers,
        )

    def _observing(self, application: Application) -> Callable[[], int]:
        """What time brings beside moves: payers' answers, and behind them the end of how long data is kept."""
        observe, days = application.monitor.observe, self.settings.retention_days
        if days is None:
            return observe
        purge = ScheduledPurge(self.store, days, clock=self.clock)
        return lambda: observe() or purge.step()

    def _limits(self) -> Limits | None:
        """The payers' days of the settings; raises BadInputError where data would be kept shorter than is needed."""
        named = self.settings.denial_limits
        limits = None if named is None else Limits.read(named)
        if self.settings.retention_days is not None:
            check_limit(self.settings.retention_days, limits, where="CLEARLANE_RETENTION_DAYS")
        return limits

    def _champions(self) -> Champions:
        without = os.environ.get(WITHOUT_MODELS) == "1"
        loaded = champions.load(self.settings.models, without_models=without, policy=self.settings.policy)
        loaded = loaded.with_code_pairs(CodePairs.of_settings(self.settings))
        limits = self._limits()
        return loaded if limits is None else loaded.with_limits(limits)
