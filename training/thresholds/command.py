"""Show how every cell of a model came to its certificate, or to none: a table here, and a picture of each.

A cell is one kind of item, one group of payers and one band of value. Its picture has coverage (the share of the
cell's items that would go without a person) to the right and the error rate among them upwards:

  line             how many were wrong on fresh labels, which had no part in the model or the plan
  band             up to the exact upper bound (Clopper and Pearson, one-sided, at the cell's own level)
  dashed line      alpha, the error rate that the policy allows
  small strokes    thresholds that were tried, strict to loose; one passes where its bound is within alpha
  cross            the first that failed, where the walk stopped
  dot              the certified threshold: the last that passed
  diamond          the naive threshold: the largest coverage that looked good on the labels of planning

What is promised is alpha, because it was fixed before the labels were seen. The bound of the chosen threshold is
tighter, but it is read after the choice, and is no promise. A cell without a dot says how many more checked items
it wants. The table has the coverage and counts of the certified and of the naive threshold on fresh labels. The same
pictures are logged with each training run in MLflow, under plots/thresholds; docs/thresholds.md says more.

    python -m training thresholds --model remittance-match
    python -m training thresholds --model denial-risk --version 3 --out pictures
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console

from features.errors import MissingDataError
from features.files import folder_to_write
from features.settings import Settings
from models.certificate_curves import Curve

WIDTH = 110  # characters, where the table goes into a file
KINDS = ("denial-risk", "remittance-match", "invoice-anomaly")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--model", choices=KINDS, required=True, help="the kind of model")
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--version", type=int, metavar="N", help="a version in the registry (default: the champion)"
    )
    which.add_argument("--run", metavar="ID", help="the training run in MLflow that made it")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="where the pictures go (default: thresholds below CLEARLANE_HOME)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the table, write the pictures, and say where they are."""
    from training.thresholds.explaining import PICTURES, draw
    from training.thresholds.table import cells_table, wants

    settings = Settings.from_environment()
    curves, name = _curves(arguments, settings)
    out = folder_to_write(arguments.out or settings.home / PICTURES / arguments.model)
    console = Console(file=sys.stdout, soft_wrap=True, width=None if sys.stdout.isatty() else WIDTH)
    console.print(cells_table(curves, title=f"{arguments.model}: {name}"))
    for sentence in wants(curves):
        console.print(sentence, markup=False, highlight=False)
    draw(out, curves)
    console.print(f"{len(curves) + 1} pictures in {out}", markup=False, highlight=False)
    return 0


def _curves(arguments: argparse.Namespace, settings: Settings) -> tuple[tuple[Curve, ...], str]:
    """The curves and the name of what they belong to; raises MissingDataError where none were kept."""
    from models.certificate_curves import load_curves

    if arguments.version is None and arguments.run is None:
        folder, name = settings.models / arguments.model, "the champion"
        if not folder.is_dir():
            raise MissingDataError(
                f"there is no champion of {arguments.model}",
                where=str(settings.models),
                remedy="train one: 'python -m training train --data DIR', or set CLEARLANE_HOME to where it is",
            )
        curves = load_curves(folder)
    else:
        from training.registry import curves_of, number_of_run

        number = arguments.version
        if number is None:
            number = number_of_run(arguments.model, arguments.run, settings)
        curves, name = curves_of(arguments.model, number, settings), f"version {number}"
    if not curves:
        raise MissingDataError(
            f"no curves were kept with {name} of {arguments.model}",
            remedy="train it with certificates: 'python -m training train --data DIR'",
        )
    return curves, name
