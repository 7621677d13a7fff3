"""A store that is only looked at: nothing is made, and nothing is brought to this release."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from features.errors import MissingDataError
from serving.store.connections import Connections, StoreError
from serving.store.migrations.running import of_this_release, standing_of


@contextmanager
def looked_at(url: str) -> Iterator[Connections]:
    """Connections to a store of this release; raises StoreError, BadInputError, and MissingDataError without one."""
    prefix, _, path = url.partition("sqlite:///")
    if not prefix and not Path(path).is_file():
        raise _no_store()
    connections = Connections(url)
    try:
        with connections.reading() as connection:
            standing = standing_of(connection)
            if standing.version is None:
                raise _no_store()
            if of_this_release().lacking(standing):
                raise StoreError(
                    "the store is of an earlier release", remedy="python -m serving store upgrade"
                )
        yield connections
    finally:
        connections.close()


def _no_store() -> MissingDataError:
    return MissingDataError(
        "there is no store here", remedy="set CLEARLANE_HOME or CLEARLANE_DATABASE_URL as the service has it"
    )
