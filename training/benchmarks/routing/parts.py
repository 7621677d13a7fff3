"""What a part of the routing benchmark is: a module with ``measure``, which draws or simulates its own data."""

from __future__ import annotations

import argparse
from typing import Protocol

from training.benchmarks.parts import Part, prefixed

__all__ = ["Measure", "Part", "prefixed"]


class Measure(Protocol):
    """A module that is one part."""

    def measure(self, arguments: argparse.Namespace) -> Part:
        """Measure.

        ``deployments`` says how often a deployment is simulated, ``seed`` from where, ``seeds`` which networks,
        ``claims`` how large a network is, ``scenario`` what happens in it, ``out`` where results are written.
        """
