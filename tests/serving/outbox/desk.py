"""A store whose events go to a receiver, with a clock that a test sets."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from serving.outbox.addresses import Allowed
from serving.outbox.dispatcher import Dispatcher
from serving.outbox.events import Event
from serving.outbox.schedule import Schedule
from serving.outbox.settings import OutboxSettings
from serving.store.outbox import Delivery, OutboxStore, tell
from serving.store.store import Store

SECRET = b"0123456789abcdef0123456789abcdef"
SECRET_TEXT = "whsec_" + b64encode(SECRET).decode()
SCHEDULE = Schedule(first=timedelta(seconds=10), longest=timedelta(minutes=10), end=timedelta(hours=1))


def settings_for(*addresses: str, secrets: tuple[bytes, ...] = (SECRET,)) -> OutboxSettings:
    """Settings that allow this machine, and have every event sent to the addresses."""
    entries = ",".join(["127.0.0.0/8", *(f"{one}/" for one in addresses)])
    return OutboxSettings(Allowed.of(entries), tuple(f"{one}/in" for one in addresses), secrets)


@dataclass
class OutboxDesk:
    """One process that delivers."""

    store: Store
    settings: OutboxSettings
    seconds: float = 2.0
    at: datetime = field(default_factory=lambda: datetime.now(UTC) + timedelta(seconds=1))

    def __post_init__(self) -> None:
        self.store.tells(self.settings.subscribers, SCHEDULE.end)
        self.outbox = OutboxStore.of(self.store)
        self.dispatcher = Dispatcher(
            self.outbox, self.settings, schedule=SCHEDULE, seconds=self.seconds, clock=lambda: self.at
        )

    def tell(self, subject: str = "s1", number: int = 1, *, also: str | None = None) -> None:
        """An event."""
        event = Event("clearlane.posting.batch.closed", subject, {"number": number})
        with self.store._database.writing() as connection:
            tell(connection, event, also=also)

    def later(self, **more: float) -> None:
        """Time passes."""
        self.at += timedelta(**more)

    def rows(self) -> list[Delivery]:
        """All deliveries, oldest first."""
        return self.outbox.page(None, limit=200, after=None)[0][::-1]
