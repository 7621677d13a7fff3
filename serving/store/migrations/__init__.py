"""How the tables came to be what they are, as Alembic runs it: one file a change in ``versions``, never rewritten.

To change the tables, change what stands in ``serving/store`` and add a revision that makes the same change to a store
that has data: the next number, ``revision``, ``down_revision`` and ``upgrade()``. It says its tables and columns
itself, for those of the release move on. There is no way back but a backup: a downgrade would drop what was recorded.
All that a release brings is one transaction on both databases (``Connections.altering``), so a kill leaves the store
as it was. SQLite's ``batch_alter_table`` makes a table anew and loses its triggers: guard it again
(``guards.only_added``).
"""
