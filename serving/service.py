"""The BentoML service: it loads the champions and the store once, and serves the API and the pages.

BentoML gives the process model, ``/livez``, ``/readyz`` and the Bento. Its own request handling is not used: the
application is mounted as raw ASGI, which answers faster and lets every error be problem+json. Its metrics and its
access log are off because both repeat the paths that callers make up; ours stand in their place.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import bentoml
from starlette.types import Receive, Scope, Send

from features.errors import ClearlaneError
from features.settings import Settings
from serving import logs
from serving.instance import InstanceMiddleware
from serving.problem_details import ProblemMiddleware, problem

if TYPE_CHECKING:
    from serving.application import Application

PACKED = Path(__file__).resolve().parent.parent / "champions"
WITHOUT_MODELS = "CLEARLANE_WITHOUT_MODELS"
logger = logging.getLogger("clearlane.serving")


class Gateway:
    """What BentoML mounts when the module is loaded; the application comes when a worker has started."""

    def __init__(self) -> None:
        self.application: Application | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if self.application is None:
            await problem(503, "not-ready", "the service is starting")(scope, receive, send)
        else:
            await self.application.asgi(scope, receive, send)


gateway = Gateway()
if sys.platform != "win32":  # uvicorn's fast parser is not there, and its other one bounds a head by itself
    from serving import wire

    wire.install()


def settings_here() -> Settings:
    """The environment's settings; inside a Bento its own champions, and data below the user's home.

    A Bento's working folder is the Bento itself, which may be replaced or cannot be written to.
    """
    given = dict(os.environ)
    if PACKED.is_dir():
        given.setdefault("CLEARLANE_MODELS", str(PACKED))
        given.setdefault("CLEARLANE_HOME", str(Path.home() / ".clearlane"))
    return Settings.from_environment(given)


@bentoml.service(
    name="clearlane",
    workers=int(os.environ.get("CLEARLANE_WORKERS") or 1),
    traffic={"timeout": 60},
    metrics={"enabled": False},
    logging={"access": {"enabled": False}},
)
@bentoml.asgi_app(gateway, path="/")
class Clearlane:
    """Scores and routes claims and payments, and keeps the queue of what a person has to see."""

    def __init__(self) -> None:
        """Load what a worker needs; what fails here keeps the service from starting.

        The imports stand here because BentoML loads this module in its supervisor too, which never scores.
        """
        from features.code_pairs import CodePairs
        from models.recovery_limits import Limits
        from serving import champions
        from serving.access.listening import listening_hosts
        from serving.access.settings import AccessSettings
        from serving.ageing.rounds import Rounds
        from serving.application import build
        from serving.clock import clock_of
        from serving.store.store import Store
        from serving.worklists.reviewers import read_team

        logs.set_up()
        settings = settings_here()
        try:
            models = champions.load(settings.models, without_models=os.environ.get(WITHOUT_MODELS) == "1")
            models = models.with_code_pairs(CodePairs.of_settings(settings))
            if settings.denial_limits is not None:
                models = models.with_limits(Limits.read(settings.denial_limits))
            clock = clock_of(os.environ)
            store = Store(settings.database_url)
            self.application = build(
                store,
                models,
                clock=clock,
                hosts=settings.hosts,
                patterns=settings.models,
                team=read_team(settings.reviewers),
                access=AccessSettings.from_environment(),
                listening=listening_hosts(),
            )
        except ClearlaneError as error:
            logger.error("the service cannot start: %s", error)
            raise SystemExit(3) from None
        self.rounds = Rounds(store, models.policy, clock=clock, observe=self.application.monitor.observe)
        self.rounds.start()
        gateway.application = self.application
        # What is loaded stays for good: without it, each full collection walks through it again.
        gc.collect()
        gc.freeze()

    async def __is_ready__(self) -> bool:
        """Whether the store can be read; the models are in memory once a worker has started."""
        try:
            await asyncio.wait_for(asyncio.to_thread(self.application.store.check), timeout=5)
        except (ClearlaneError, TimeoutError):
            return False
        return True

    @bentoml.on_shutdown  # type: ignore[untyped-decorator]
    def stop(self) -> None:
        """Finish what was begun and close the store."""
        gateway.application = None
        self.rounds.close()
        self.application.close()


Clearlane.add_asgi_middleware(ProblemMiddleware)  # type: ignore[attr-defined]
Clearlane.add_asgi_middleware(InstanceMiddleware)  # type: ignore[attr-defined]
