"""The BentoML service: it loads the champions and the store once, and serves the API and the pages.

BentoML gives the process model, ``/livez``, ``/readyz`` and the Bento. Its own request handling is not used: the
application is mounted as raw ASGI, and where it can be stands right behind the parser (``serving.wire``), which answers
faster and lets every error be problem+json. Its metrics and its access log are off because both repeat the paths that
callers make up; ours stand in their place.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
from pathlib import Path

import bentoml

from features.errors import ClearlaneError
from features.settings import Settings
from serving import logs
from serving.instance import InstanceMiddleware
from serving.live.gateway import Gateway
from serving.problem_details import ProblemMiddleware

SWITCHING = 0.0005
"""Seconds after which a thread that waits for Python has its turn: each call into the database gives the turn away, and
to have it back behind a busy event loop took ten times as long as the call, by Python's 5 ms."""
PACKED = Path(__file__).resolve().parent.parent / "champions"
logger = logging.getLogger("clearlane.serving")
gateway = Gateway()
logs.of_the_server(os.environ)  # the supervisor's too, which loads this module and makes no service
if sys.platform != "win32":  # uvicorn's fast parser is not there, and its other one bounds a head by itself
    from serving import wire

    wire.install(InstanceMiddleware(ProblemMiddleware(gateway)))


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
        from serving.audit.anchoring import anchoring_of
        from serving.clock import clock_of
        from serving.live.generation import Loader
        from serving.live.swapping import Swapper
        from serving.opening import open_store
        from serving.readiness import Readiness
        from serving.telemetry.starting import start

        settings = settings_here()
        try:
            logs.set_up(os.environ)
            self.end_traces = start()
            self.store = open_store(settings)
            self.anchoring = anchoring_of(settings, self.store)
            loader = Loader(settings, self.store, clock_of(os.environ))
            self.serving = Swapper(loader, gateway, loader.load())
        except ClearlaneError as error:
            logger.error("the service cannot start: %s", error)
            raise SystemExit(3) from None
        self.readiness = Readiness(lambda: self.serving.generation.application.check())
        self.serving.start()
        self.anchoring.start()
        sys.setswitchinterval(SWITCHING)
        # What is loaded stays until the champions change: without it, each full collection walks through it.
        gc.collect()
        gc.freeze()

    async def __is_ready__(self) -> bool:
        """Whether it can work with its store; the models are in memory once a worker has started."""
        return await self.readiness.now()

    @bentoml.on_shutdown  # type: ignore[untyped-decorator]
    def stop(self) -> None:
        """Finish what was begun and close the store."""
        self.readiness.close()
        self.serving.close()
        self.anchoring.close()  # behind the last thing that is written, before the store goes
        self.store.close()
        self.end_traces()


Clearlane.add_asgi_middleware(ProblemMiddleware)  # type: ignore[attr-defined]
Clearlane.add_asgi_middleware(InstanceMiddleware)  # type: ignore[attr-defined]
