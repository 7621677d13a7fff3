"""A service in processes of its own, which can be killed: the command that users start, nothing of it imported."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import httpx
import psutil

from features.errors import ClearlaneError
from training.benchmarks.service.ports import free_port

PATIENCE = 300.0  # seconds; two workers that load models on a busy machine take a minute
WORKER = "_bentoml_impl.worker.service"


class ServiceGoneError(ClearlaneError):
    """The service did not start, or ended by itself."""


class ServiceHungError(ClearlaneError):
    """The service was asked to end, did not, and was killed."""


class Service:
    """``python -m serving serve`` at a free port, with its home in ``folder``; a context manager.

    ``environment`` comes on top of this process's own; ``options`` are the command's.
    """

    def __init__(
        self, folder: Path, environment: Mapping[str, str], options: tuple[str, ...] = (), *, workers: int = 2
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "service.log"
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._environment = {**os.environ, "CLEARLANE_HOME": str(folder), **environment}
        self._options = ("--port", str(self.port), "--workers", str(workers), *options)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Service:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            self.stop()
        except ServiceHungError:
            if kind is None:  # else what went wrong first is what is told
                raise

    def start(self) -> None:
        """Return when it says that it is ready; raises ServiceGoneError."""
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "serving", "serve", *self._options],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise ServiceGoneError(
                    "the service ended while it started", str(self.log), "the log says why"
                )
            with suppress(httpx.TransportError):
                if httpx.get(f"{self.address}/readyz", timeout=2).is_success:
                    return
            time.sleep(0.1)
        raise ServiceGoneError("the service was not ready in time", str(self.log), "the log says why")

    def terminate(self) -> None:
        """Ask it to end."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)

    def wait(self, seconds: float) -> int | None:
        """With which status it ended; None where it runs on after so many seconds."""
        if self._process is None:
            return None
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(timeout=seconds)
        return None

    def stop(self, seconds: float = 30.0) -> None:
        """Ask it to end, and wait until it has; raises ServiceHungError where it had to be killed."""
        if self._process is None:
            return
        self.terminate()
        if self.wait(seconds) is None:
            self.kill()
            raise ServiceHungError(
                f"the service did not end within {seconds:.0f} s", str(self.log), "the log says why"
            )

    def kill(self) -> None:
        """``kill -9`` of every process of it at once."""
        if self._process is None:
            return
        for process in [psutil.Process(self._process.pid), *self._children()]:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._process.wait()

    def kill_worker(self, number: int) -> None:
        """``kill -9`` of one of the processes that answer; what watches over them starts another."""
        workers = self.workers()
        if workers:
            with suppress(psutil.NoSuchProcess):
                workers[number % len(workers)].kill()

    def workers(self) -> list[psutil.Process]:
        """The processes that answer, the oldest first."""
        found = []
        for process in self._children():
            with suppress(psutil.NoSuchProcess):
                if WORKER in process.cmdline():
                    found.append(process)
        return found

    def _children(self) -> list[psutil.Process]:
        if self._process is None:
            return []
        with suppress(psutil.NoSuchProcess):
            return list(psutil.Process(self._process.pid).children(recursive=True))
        return []
