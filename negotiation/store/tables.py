"""The tables, and the steps that bring an older database to them.

Every step runs in the transaction that records it, so a database is never between two versions.
"""

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    inspect,
    select,
    text,
)

from .errors import StoreError

metadata = MetaData()

migrations = Table(
    "migrations",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("at", String(40), nullable=False),
)

deals = Table(
    "deals",
    metadata,
    Column("id", String(63), primary_key=True),
    Column("created_at", String(40), nullable=False),
)

entries = Table(
    "entries",
    metadata,
    Column("deal", ForeignKey("deals.id", ondelete="CASCADE"), primary_key=True),
    Column("space", String(16), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("author", String(16), nullable=False),
    Column("at", String(40), nullable=False),
    # Body and nonce are empty in a tombstone; without the nonce a short body cannot be guessed
    # from its digest.
    Column("body", LargeBinary),
    Column("nonce", LargeBinary),
    Column("content", LargeBinary, nullable=False),
    Column("link", LargeBinary, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    Column("key", String(120), primary_key=True),
    Column("value", Text, nullable=False),
)

VERSION = 2


def migrate(connection: Connection, at: str) -> None:
    """Bring the database to `VERSION`; `at` is the time to note."""
    present = _version(connection)
    if present > VERSION:
        raise StoreError(
            "These deals were saved by a newer playbook. Update this one; nothing was changed."
        )
    if present == VERSION:
        return
    if present == 1:
        _to_2(connection)
    metadata.create_all(connection)
    for version in range(present + 1, VERSION + 1):
        connection.execute(migrations.insert().values(version=version, at=at))


def _version(connection: Connection) -> int:
    if not inspect(connection).has_table("migrations"):
        return 0
    versions = connection.execute(select(migrations.c.version)).scalars().all()
    return max(versions, default=0)


def _to_2(connection: Connection) -> None:
    """Version 1 could not forget: body and nonce were required, and there were no settings."""
    connection.execute(text("ALTER TABLE entries RENAME TO entries_1"))
    entries.create(connection)
    columns = "deal, space, seq, author, at, body, nonce, content, link"
    connection.execute(text(f"INSERT INTO entries ({columns}) SELECT {columns} FROM entries_1"))
    connection.execute(text("DROP TABLE entries_1"))
