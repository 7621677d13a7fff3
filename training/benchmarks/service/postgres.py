"""A PostgreSQL server of our own, where its programs are installed, for benchmarks and tests."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import NullPool, create_engine, text

from training.benchmarks.service.ports import free_port

PROGRAMS = ("initdb", "postgres")
PLACES = os.pathsep.join(
    [
        os.environ.get("PATH", ""),
        *(str(place) for place in sorted(Path("/usr/lib/postgresql").glob("*/bin"))[::-1]),
    ]
)
"""Debian keeps the programs of each version in a folder of its own, off the PATH."""

PATIENCE = 60.0


def missing() -> str | None:
    """Why no PostgreSQL can be started here, or None."""
    absent = [name for name in PROGRAMS if shutil.which(name, path=PLACES) is None]
    return f"PostgreSQL is not installed: no {' and no '.join(absent)} on the PATH" if absent else None


def empty_postgres(server: str) -> str:
    """The address of a new database on a server."""
    name = f"d{time.monotonic_ns()}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    return server.rpartition("/")[0] + f"/{name}"


def drop_postgres(url: str) -> None:
    """Take away a database that ``empty_postgres`` made, whoever is still connected to it: each holds 12 MB of disk."""
    place, _, name = url.rpartition("/")
    engine = create_engine(f"{place}/postgres", isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@contextmanager
def running_postgres(folder: Path) -> Iterator[str]:
    """The SQLAlchemy URL of a server that runs below the folder until the block ends."""
    user = _user()
    if user:
        shutil.chown(folder, user["user"])
    data = folder / "data"
    subprocess.run(
        [_program("initdb"), "-D", str(data), "-U", "clearlane", "-A", "trust", "-N"],
        check=True, capture_output=True, cwd=folder, **user,
    )  # fmt: skip
    port = free_port()
    options = ["-D", str(data), "-p", str(port), "-k", str(folder), "-h", "127.0.0.1", "-F"]
    server = subprocess.Popen(
        [_program("postgres"), *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        **user,
    )
    try:
        _wait(port, server)
        yield f"postgresql+psycopg://clearlane@127.0.0.1:{port}/postgres"
    finally:
        server.send_signal(
            signal.SIGQUIT
        )  # waits for no client, and writes nothing out: nobody reads it again
        server.wait()


def _program(name: str) -> str:
    return shutil.which(name, path=PLACES) or name


def _user() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    return {"user": "nobody"} if os.geteuid() == 0 else {}


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("PostgreSQL did not start")
