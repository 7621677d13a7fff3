"""A part of the store with a class of its own: the queue's own class would else hold every subject's statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:  # the store writes some parts' rows with its own changes
    from serving.store.connections import Connections
    from serving.store.store import Store


class Part:
    """Blocking calls; each is one transaction. Ends with the store that it is a part of."""

    def __init__(self, database: Connections) -> None:
        self._database = database

    @classmethod
    def of(cls, store: Store) -> Self:
        """This part of an open store."""
        return cls(store._database)
