"""The file of reviewers: who works which queues, and how many minutes a day.

TOML, one table a reviewer::

    [[reviewer]]
    name = "ann"
    queues = ["coding-specialists", "denial-leads"]
    minutes_a_day = 420

    [[reviewer]]
    name = "bob"
    queues = ["remittance-match-*", "denial-risk-review"]
    roles = ["finance-approver"]
    minutes_a_day = 240

``*`` stands for any text. ``roles`` adds the items that the policy keeps for a role, in whatever queue they stand.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec
from msgspec import Struct

from features.errors import BadInputError, NotFoundError

MINUTES_OF_A_DAY = 24 * 60


class Reviewer(Struct, frozen=True, forbid_unknown_fields=True):
    """Someone who decides items."""

    name: str  # as decisions name it
    minutes_a_day: float
    queues: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()

    def works(self, queue: str | None, role: str | None) -> bool:
        """Whether an item that stands there is one for this reviewer.

        >>> ann = Reviewer("ann", 420, queues=("remittance-match-*",), roles=("supervisor",))
        >>> ann.works("remittance-match-review", None), ann.works("finance", None), ann.works("finance", "supervisor")
        (True, False, True)
        """
        return role in self.roles or any(fnmatchcase(queue or "", pattern) for pattern in self.queues)


class Team(Struct, frozen=True, forbid_unknown_fields=True):
    """All reviewers, in the file's order."""

    reviewer: tuple[Reviewer, ...] = ()

    def named(self, name: str) -> Reviewer:
        """A reviewer by name; raises NotFoundError."""
        for one in self.reviewer:
            if one.name == name:
                return one
        raise NotFoundError("the file of reviewers names nobody so", remedy="see CLEARLANE_REVIEWERS")


def read_team(path: Path | None) -> Team:
    """The reviewers of a file, nobody where there is none; raises BadInputError, which says what is wrong."""
    if path is None:
        return Team()
    try:
        team = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), type=Team)
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError("the file of reviewers cannot be read", path.name) from error
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadInputError(f"the file of reviewers is not as it should be: {error}", path.name) from error
    _check(team.reviewer, path.name)
    return team


def _check(reviewers: Iterable[Reviewer], where: str) -> None:
    names: set[str] = set()
    for one in reviewers:
        if not one.name.strip() or one.name in names:
            raise BadInputError(f"the name {one.name!r} is empty or stands twice", where, "name each once")
        if not 0 <= one.minutes_a_day <= MINUTES_OF_A_DAY:
            raise BadInputError(f"{one.name} works {one.minutes_a_day} minutes a day", where, "0 to 1440")
        if not one.queues and not one.roles:
            raise BadInputError(
                f"{one.name} works no queue and has no role", where, "give 'queues' or 'roles'"
            )
        names.add(one.name)
