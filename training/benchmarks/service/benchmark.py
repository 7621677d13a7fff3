"""The service, in parts: requests from its own document, damaged files, kills, how fast it answers and how long."""

from __future__ import annotations

import argparse

from training.benchmarks.part_modules import run_modules

PARTS = ("contract", "mutated", "kills", "speed", "rate", "soak")


def run(arguments: argparse.Namespace) -> int:
    """Measure every part that is asked for, print and write; the answer is 0."""
    return run_modules("service", PARTS, arguments, described=f"{arguments.claims:,} claims")
