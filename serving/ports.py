"""Whether an address can be listened on, asked before any long work is done for it."""

from __future__ import annotations

import errno
import socket

from features.errors import BadInputError


def check_free(host: str, port: int) -> None:
    """Raises BadInputError where the port is taken, or the address is not one of this machine's."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, OverflowError) as error:
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            raise BadInputError(
                f"port {port} is taken by another program",
                f"{host}:{port}",
                f"stop that program, or choose another port: PORT={port + 1} with make, --port {port + 1} without",
            ) from error
        raise BadInputError(
            "this address cannot be listened on", f"{host}:{port}", "choose another with --host and --port"
        ) from error
