"""Match the records of any two tables, after learning from labelled pairs of them.

  python -m training match-records --left abt.csv --right buy.csv --spec spec.toml --train pairs.csv --out out.csv

spec.toml names the id column and says of each column that both tables have what kind it is: name, text, number,
date or code (an identifier: of a person, an article, a place).

  id = "id"                              # or { left = "id", right = "sku" }

  [columns]
  name = "text"
  price = "number"
  maker = { left = "manufacturer", right = "brand", kind = "name" }

pairs.csv has the columns left_id, right_id and label (1 for a match, 0 for none); out.csv gets left_id, right_id and
confidence, the calibrated probability that the two records are of the same thing. With --pairs just the given pairs are
scored, in their order; without it candidates are searched for in both tables. The same file as --left and --right
looks for duplicates in it. docs/match-records.md tells more.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console

from features.errors import BadInputError, MissingDataError
from features.records.pair_files import read_labelled, read_pairs
from features.records.spec import Spec, read_spec
from features.records.tables import read_table
from models.record_match import RecordMatchModel
from training.records.matching import Matcher, Task
from training.records.output import summary, write_pairs

LEAST = 0.01  # confidence of a candidate that is written


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    files = {
        "--left": "a table: CSV, its first line names the columns",
        "--right": "the other table, or the same one to look for duplicates",
        "--spec": "TOML that names the id column and the kinds of the others",
        "--out": "where left_id, right_id and confidence are written",
    }
    for name, text in files.items():
        parser.add_argument(name, type=Path, required=True, metavar="FILE", help=text)
    parser.add_argument("--train", type=Path, metavar="FILE", help="labelled pairs: left_id, right_id, label")
    parser.add_argument("--pairs", type=Path, metavar="FILE", help="pairs to score: left_id, right_id")
    parser.add_argument(
        "--model", type=Path, metavar="DIR", help="a model that was kept, in place of --train"
    )
    parser.add_argument("--model-out", type=Path, metavar="DIR", help="keep the model for another time")
    parser.add_argument(
        "--unlisted-are-nonmatches",
        action="store_true",
        help="learn that a labelled match's record matches none of its other candidates",
    )
    parser.add_argument(
        "--least",
        type=float,
        default=LEAST,
        metavar="P",
        help=f"confidence from which a candidate is written ({LEAST}); --pairs writes all",
    )
    parser.add_argument("--seed", type=int, default=7, metavar="S", help="same seed, same answer (7)")


def run(arguments: argparse.Namespace) -> int:
    """Read, learn, score and write; everything that can be wrong in the files is said before anything is learnt."""
    _check(arguments)
    spec = read_spec(arguments.spec)
    task = _task(arguments, spec)
    matcher = Matcher.of(task, unlisted=arguments.unlisted_are_nonmatches, seed=arguments.seed)
    if arguments.model_out:
        matcher.model.save(arguments.model_out)
    scored = matcher.scored(least=arguments.least)
    write_pairs(arguments.out, task, scored)
    summary(Console(file=sys.stdout, highlight=False), matcher, scored, arguments.out)
    return 0


def _check(arguments: argparse.Namespace) -> None:
    if arguments.train is None and arguments.model is None:
        what = "nothing tells which agreements matter in these tables, and a confidence without labels would be a guess"
        remedy = "label some pairs (left_id, right_id, label 0 or 1) and give them as --train, or give a kept --model"
        raise MissingDataError(what, "--train", remedy)
    if arguments.train is not None and arguments.model is not None:
        raise BadInputError("a kept model is not trained again", "--train and --model", "give one of them")
    if not 0.0 <= arguments.least <= 1.0:
        raise BadInputError("a confidence is between 0 and 1", "--least", "give 0.01, for example")
    if arguments.out.is_dir() or not arguments.out.parent.is_dir():
        raise MissingDataError(
            "the answer needs a file in a folder that exists", "--out", "give out.csv, for example"
        )


def _task(arguments: argparse.Namespace, spec: Spec) -> Task:
    left = read_table(
        arguments.left, id_column=spec.left_id, columns=(column.left for column in spec.columns)
    )
    right = read_table(
        arguments.right, id_column=spec.right_id, columns=(column.right for column in spec.columns)
    )
    return Task(
        left=left,
        right=right,
        spec=spec,
        same_table=arguments.left.samefile(arguments.right) and spec.left_id == spec.right_id,
        labelled=read_labelled(arguments.train, left, right) if arguments.train else None,
        given=read_pairs(arguments.pairs, left, right) if arguments.pairs else None,
        model=RecordMatchModel.load(arguments.model) if arguments.model else None,
    )
