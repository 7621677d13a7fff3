"""Read, check and export a policy: the table that says which items may go without a person, and who sees the others.

  check   load a policy and say what is wrong with it, by row; of a sound one, which items no row decides (they go to
          the default), which classes of payers are in no group, and which rows stand before others that would have
          said something else
  show    what is promised of what goes by itself, and the table as it is read: from the top, and the first row that
          applies decides
  dmn     the same table as DMN 1.3 XML, for engines and editors of decision tables

FILE is a policy in TOML; without one, CLEARLANE_POLICY or the one that ships with Clearlane. Nothing goes live by
this: a service reads its policy when it starts. docs/policy.md says how to change one.

    python -m training policy check my-policy.toml
    python -m training policy show
    python -m training policy dmn my-policy.toml --out my-policy.dmn
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

import msgspec
from rich.console import Console

from features.errors import BadInputError
from features.files import folder_to_write
from features.payer_classes import PAYER_CLASSES
from features.settings import Settings
from models.certificate_words import rate_text
from models.dmn import export
from models.files import write_atomically
from models.policy import Policy, load_policy
from models.policy_regions import gaps, overlaps
from models.policy_table import BOUNDS, LISTS, Conditions, Row

WORDS = {"age_days": "age in days", "days_to_deadline": "days to deadline"}
LAX = 0.2  # an alpha or a delta above it is rarely what was meant
SIGNS = {condition: f"{WORDS.get(asked, asked)} {sign}" for condition, (asked, sign) in BOUNDS.items()}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("action", choices=("check", "show", "dmn"), help="what to do with the policy")
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="the policy (default: see above)")
    parser.add_argument(
        "--out", type=Path, metavar="X.dmn", help="of dmn: the file to write (default: policy.dmn)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Load the policy, which names its first fault where it has one, and do as asked."""
    if arguments.out and arguments.action != "dmn":
        raise BadInputError(f"{arguments.action} writes no file", remedy="leave out --out, or ask for dmn")
    path = arguments.file or Settings.from_environment().policy
    policy = load_policy(path)
    console = Console(highlight=False, soft_wrap=True)
    if arguments.action == "check":
        _check(policy, console)
    elif arguments.action == "show":
        _show(policy, console)
    else:
        target = arguments.out or Path("policy.dmn")
        folder_to_write(target.parent)
        write_atomically(target, export(policy))
        console.print(f"Wrote {policy.version} to {target}")
    return 0


def conditions(when: Conditions) -> str:
    """The conditions of a row in words.

    >>> from decimal import Decimal
    >>> conditions(Conditions(kind=("denial-risk",), value_below=Decimal(500), flags=("*",)))
    'kind denial-risk; amount < 500; flags: any'
    """
    given = {name: value for name, value in msgspec.structs.asdict(when).items() if value is not None}
    return "; ".join(_worded(name, value) for name, value in given.items()) or "every item"


def _worded(name: str, value: object) -> str:
    if not isinstance(value, tuple):
        return f"{SIGNS[name]} {value:g}" if isinstance(value, float) else f"{SIGNS[name]} {value}"
    listed = "any" if value == ("*",) else " or ".join(value)
    colon = ":" if name in LISTS else ""
    return f"{name.replace('_', ' ')}{colon} {listed}"


def _check(policy: Policy, console: Console) -> None:
    console.print(f"{policy.version}: {len(policy.rows)} rows, sound.")
    _promises(policy, console)
    lax = [kind for kind, promise in policy.kinds.items() if max(promise.alpha, promise.delta) > LAX]
    _listed(console, f"More than {rate_text(LAX)} allowed; 0.5 % is written as 0.005:", lax)
    before = (f"{row} before {', '.join(others)}" for row, others in overlaps(policy).items())
    _listed(console, "No row decides on these; the default does:", gaps(policy))
    _listed(console, "Classes of payers in no group; people see all of theirs:", _outside(policy))
    _listed(console, "Rows that decide before others which would say something else:", before)


def _listed(console: Console, title: str, lines: Iterable[str]) -> None:
    found = list(lines)
    if found:
        console.print(f"\n{title}")
    for line in found:
        console.print(f"  {line}")


def _outside(policy: Policy) -> list[str]:
    """The classes that no group names, where there are groups."""
    inside = {one for classes in policy.payer_groups.values() for one in classes}
    return [one for one in PAYER_CLASSES if inside and one not in inside]


def _promises(policy: Policy, console: Console) -> None:
    console.print("At most so many may be wrong of what goes by itself, in every cell of a kind at once:")
    for kind, promise in policy.kinds.items():
        cells = len(policy.cells(kind))
        sure = f"{rate_text(promise.alpha)} wrong, {rate_text(1 - promise.delta)} sure of all {cells} cells together"
        console.print(f"  {kind}: {sure}")


def _show(policy: Policy, console: Console) -> None:
    _promises(policy, console)
    console.print(f"  from {policy.hard_ceiling:,} {policy.currency} on a person always decides")
    console.print(f"\nCells are bands of amounts: {', '.join(band.name for band in policy.value_bands)}")
    for name, classes in policy.payer_groups.items():
        console.print(f"  in each group of payers; {name}: {', '.join(classes)}")
    console.print(f"\n{policy.version}, read from the top; the first row that applies decides")
    for number, row in enumerate(policy.rows, 1):
        console.print(f"\n{number:>3}  {row.row}: {row.lane.value}")
        console.print(f"     when  {conditions(row.when)}")
        console.print(f"     why   {row.reason}")
        if told := _desk(row):
            console.print(f"     who   {told}")
    console.print(f"\n     no row applies: {policy.default.lane.value}\n\nWhere a row does not say who:")
    for kind, desk in policy.desks.items():
        then = f", then queue {desk.escalate_to}" if desk.escalate_to else ""
        hours = f"{desk.sla_hours:g} hours, {min(desk.sla_hours, desk.escalated_hours):g} where escalated"
        console.print(f"  {kind}: {desk.role}, {hours}{then}")


def _desk(row: Row) -> str:
    told = (
        row.queue and f"queue {row.queue}",
        row.role,
        None if row.sla_hours is None else f"{row.sla_hours:g} hours",
        row.escalate_to and f"then queue {row.escalate_to}",
    )
    return ", ".join(one for one in told if one)
