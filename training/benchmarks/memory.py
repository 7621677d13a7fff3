"""The memory of this process, in bytes."""

from __future__ import annotations

import resource
import sys
from contextlib import suppress
from pathlib import Path

STATUS = Path("/proc/self/status")


def peak_memory() -> int:
    """The highest resident memory so far."""
    return _status("VmHWM:") or _usage()  # ru_maxrss may be inherited from the process that started this one


def resident_memory() -> int:
    """The resident memory now, where the system tells; else the highest so far."""
    return _status("VmRSS:") or _usage()


def forget_peak() -> None:
    """Let the highest resident memory start again from what there is now, where the system can."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _status(name: str) -> int:
    if not STATUS.exists():
        return 0
    lines = STATUS.read_text(encoding="ascii", errors="replace").splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(name)), 0)


def _usage() -> int:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
