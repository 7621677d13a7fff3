"""Learn from published outcomes of external reviews which denials are overturned, and judge it on others.

  python -m training recovery --imr reviews.csv.gz
  python -m training recovery --imr reviews.csv.gz --test later.csv.gz --out figures.json

The columns are those of California's Independent Medical Review determinations: report_year, diagnosis_category,
diagnosis_sub_category, treatment_category, treatment_sub_category, determination (Overturned ... or Upheld ...),
imr_type, age_range, patient_gender; an empty cell is a missing one, and so is what was never seen. A reference_id is no
feature: its number only says which rows of a later year came first.

Without --test the latest year is judged by what lies before it, and a random fifth by the others. With --test all of
--imr is learnt and all of --test judged. The estimator is the one that learns from a provider's own denials, too; how
it works and what the figures mean stands in docs/recovery.md.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console

from features.errors import MissingDataError
from features.recovery_reviews import read_reviews
from training.recovery_reviews import Judged, judge, latest_year, random_fifth
from training.recovery_tables import sentences, table

WIDTH = 120


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "--imr", type=Path, required=True, metavar="FILE", help="reviews to learn from: CSV, or CSV in gzip"
    )
    parser.add_argument("--test", type=Path, metavar="FILE", help="reviews to judge on, of the same columns")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the figures are written as JSON")
    parser.add_argument("--seed", type=int, default=7, metavar="S", help="same seed, same answer (7)")


def run(arguments: argparse.Namespace) -> int:
    """Read, learn, judge and print."""
    if arguments.out and not arguments.out.parent.is_dir():
        raise MissingDataError("the figures need a file in a folder that exists", "--out")
    console = Console(file=sys.stdout, width=WIDTH, highlight=False)
    written = {}
    for judged in _judged(arguments):
        figures = judged.figures(seed=arguments.seed)
        written[judged.name] = figures
        console.print(table(judged, figures))
        for sentence in sentences(figures):
            console.print(sentence)
        console.print()
    if arguments.out:
        arguments.out.write_text(json.dumps(written, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return 0


def _judged(arguments: argparse.Namespace) -> list[Judged]:
    reviews, seed = read_reviews(arguments.imr), arguments.seed
    if arguments.test:
        return [judge("the test file", reviews, read_reviews(arguments.test), seed=seed)]
    return [
        judge("latest year", *latest_year(reviews), seed=seed),
        judge("random fifth", *random_fifth(reviews, seed=seed), seed=seed),
    ]
