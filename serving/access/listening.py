"""Where this process listens: asked of the kernel, because a server may hand us its sockets without saying so."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path


def listening_hosts() -> list[str]:
    """The addresses of the listening TCP sockets that this process holds; empty where that cannot be told."""
    folder = Path("/proc/self/fd") if Path("/proc/self/fd").is_dir() else Path("/dev/fd")
    if not folder.is_dir():
        return []
    found = (_listens_at(int(entry.name)) for entry in folder.iterdir() if entry.name.isdigit())
    return sorted({host for host in found if host is not None})


def _listens_at(descriptor: int) -> str | None:
    try:
        if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            return None
        with socket.socket(fileno=os.dup(descriptor)) as one:
            if one.family not in (socket.AF_INET, socket.AF_INET6):
                return None
            if not one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                return None
            return str(one.getsockname()[0])
    except OSError:
        return None
