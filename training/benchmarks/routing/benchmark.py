"""Certified routing, in parts: simulated deployments, whole networks, the monitor, and how fast one decision is."""

from __future__ import annotations

import argparse

from training.benchmarks.part_modules import run_modules

PARTS = ("deployments", "flat", "payers", "dollars", "batches", "monitor", "network", "decision")


def run(arguments: argparse.Namespace) -> int:
    """Measure every part that is asked for, print and write; the answer is 0."""
    return run_modules("routing", PARTS, arguments, described=f"{arguments.deployments:,} deployments")
