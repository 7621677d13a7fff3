"""Who runs a command that the audit log tells of, where no credentials say so."""

from __future__ import annotations

import getpass

from features.errors import BadInputError
from serving.access.actor import SERVICE, Actor
from serving.access.keys import check_name

BY = "--by"


def named(name: str) -> Actor:
    """The actor of this name; raises BadInputError for one that no key could have."""
    check_name(name, where=BY)
    return Actor(name, frozenset({"admin"}))


def operator(name: str | None) -> Actor:
    """The actor of this name, by default the user of the operating system; the service where that is nobody's name.

    Raises BadInputError for a name that no key could have.
    """
    if name is not None:
        return named(name)
    try:
        return named(getpass.getuser())
    except (BadInputError, ImportError, KeyError, OSError):  # a container's user often has a number alone
        return SERVICE
