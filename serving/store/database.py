"""A store's database as it is opened: made on first use, brought to this release's revision, and its key read."""

from __future__ import annotations

from sqlalchemy import select

from serving.identifiers import Identifiers
from serving.store import schema
from serving.store.connections import Connections
from serving.store.connections import StoreError as StoreError
from serving.store.migrations.running import of_this_release, standing_of


class Database(Connections):
    """An open database. Reads share it; writes take turns."""

    def __init__(self, url: str) -> None:
        """Open it; raises StoreError or BadInputError. Of several processes that do so at once one changes it."""
        super().__init__(url)
        try:
            self._bring_up()
            self.identifiers = self._identifiers()
        except BaseException:
            self.close()
            raise

    def _bring_up(self) -> None:
        migrations = of_this_release()
        with self.reading() as connection:
            lacking = migrations.lacking(standing_of(connection))
        if lacking:
            with self.altering() as connection:
                migrations.bring_up(connection)

    def _identifiers(self) -> Identifiers:
        with self.reading() as connection:
            return Identifiers(bytes(connection.execute(select(schema.about.c.id_key)).scalar_one()))
