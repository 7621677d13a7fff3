"""Where events go and how they are signed, as the environment says it."""

from __future__ import annotations

import os
from collections.abc import Mapping

from msgspec import Struct

from features.errors import BadInputError
from features.settings import secret
from serving.outbox.addresses import Allowed, check_all
from serving.outbox.signing import secrets_of

SECRET = "CLEARLANE_EVENTS_SECRET"  # noqa: S105 - the name of a setting
SUBSCRIBERS = "CLEARLANE_EVENTS_TO"


class OutboxSettings(Struct, frozen=True):
    """What may be sent, and to whom.

    ``CLEARLANE_CALLBACKS`` are the hosts, address prefixes and private networks that events may be sent to, none by
    default; ``CLEARLANE_EVENTS_TO`` the addresses that get every event; ``CLEARLANE_EVENTS_SECRET``, or the file that
    ``CLEARLANE_EVENTS_SECRET_FILE`` names, the secrets that sign them.
    """

    allowed: Allowed = Allowed()
    subscribers: tuple[str, ...] = ()
    secrets: tuple[bytes, ...] = ()

    @staticmethod
    def from_environment(environment: Mapping[str, str] | None = None) -> OutboxSettings:
        """The settings; raises BadInputError."""
        given = os.environ if environment is None else environment
        allowed = Allowed.of(given.get("CLEARLANE_CALLBACKS") or "")
        subscribers = tuple(
            dict.fromkeys(filter(None, (one.strip() for one in (given.get(SUBSCRIBERS) or "").split(","))))
        )
        check_all(allowed, subscribers, SUBSCRIBERS)
        text = secret(given, SECRET)
        if allowed.prefixes and not text:
            raise BadInputError("events are signed, and there is no secret", SECRET, "see docs/events.md")
        return OutboxSettings(allowed, subscribers, secrets_of(text, SECRET) if text else ())
