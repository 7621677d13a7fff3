"""Which revision a store is at, and bringing it to the newest; what is not known is refused, not guessed at."""

from __future__ import annotations

import secrets
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from msgspec import Struct
from sqlalchemy import Connection, insert, inspect, select
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from serving.store import schema
from serving.store.connections import StoreError
from serving.store.migrations import legacy

HERE = Path(__file__).parent
BASELINE = "0001"


class Standing(Struct, frozen=True):
    """What a database holds."""

    version: int | None  # of the schema, as releases before migrations wrote it; None: there is no store yet
    revision: str | None  # None: it was made before migrations began, or is no store yet


class Migrations:
    """The revisions of a folder; those of this release by default."""

    def __init__(self, folder: Path = HERE) -> None:
        self.folder = folder
        self._scripts = ScriptDirectory.from_config(self._config())
        self.revisions = tuple(script.revision for script in self._scripts.walk_revisions())[::-1]

    @property
    def newest(self) -> str:
        """The revision that this release works on."""
        return self.revisions[-1]

    def lacking(self, standing: Standing) -> tuple[str, ...]:
        """The revisions that a store has yet to get, oldest first; raises StoreError for one of a newer release."""
        if standing.version not in (None, schema.VERSION):
            raise StoreError(
                f"the store has schema version {standing.version}, this release uses {schema.VERSION}",
                remedy="use the release that made it, or point CLEARLANE_DATABASE_URL to a new one",
            )
        if standing.revision is None:
            return self.revisions
        if standing.revision not in self.revisions:
            raise StoreError(
                f"the store is at revision {standing.revision}, which is newer than this release, that ends at "
                f"{self.newest}",
                remedy="use the release that upgraded it or a later one, or restore a backup of before",
            )
        return self.revisions[self.revisions.index(standing.revision) + 1 :]

    def bring_up(self, connection: Connection) -> tuple[str, ...]:
        """Make a store, or bring it to the newest revision; inside ``Connections.altering``. The revisions it got.

        Raises StoreError, and then nothing is changed.
        """
        standing = standing_of(connection)
        lacking = self.lacking(standing)
        try:
            self._bring_up(connection, standing, lacking)
        except OperationalError:
            raise
        except SQLAlchemyError as error:
            raise StoreError(
                f"the store cannot be brought from revision {standing.revision or 'none'} to {self.newest} "
                f"({type(error).__name__}); nothing was changed",
                remedy="go on with the release before, and report it",
            ) from None
        return lacking

    def _bring_up(self, connection: Connection, standing: Standing, lacking: tuple[str, ...]) -> None:
        config = self._config(connection)
        if standing.version is not None and standing.revision is None:
            legacy.bring_up(connection)
            command.stamp(config, BASELINE)
        if lacking:
            command.upgrade(config, "head")
        if standing.version is None:
            row = {"number": 1, "version": schema.VERSION, "id_key": secrets.token_bytes(32)}
            connection.execute(insert(schema.about), row)

    def _config(self, connection: Connection | None = None) -> Config:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(self.folder).replace("%", "%%"))
        return config


@cache
def of_this_release() -> Migrations:
    """Read once a process: a store is opened more often."""
    return Migrations()


def standing_of(connection: Connection) -> Standing:
    """What the database holds, before anything is done to it."""
    there = inspect(connection).has_table(schema.about.name)
    version = connection.execute(select(schema.about.c.version)).scalar() if there else None
    return Standing(version, MigrationContext.configure(connection).get_current_revision())
