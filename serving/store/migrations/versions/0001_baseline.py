"""The tables as they were when migrations began; a store that is older has been brought up to them (``legacy``)."""

from __future__ import annotations

from alembic import op

from serving.store.migrations import baseline

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make them in an empty database."""
    baseline.metadata.create_all(op.get_bind(), checkfirst=False)
