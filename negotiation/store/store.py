"""Where the deals are kept, opened safely: one SQLite file, or a database named by a URL."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import platformdirs
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from . import tables
from .codec import Codec, JsonCodec
from .errors import StoreError, as_sentence
from .journal import Clock, Journal, NonceSource

MEMORY = ":memory:"
BUSY_SECONDS = 20


def default_place() -> Path:
    """The user's own file of deals: in `PLAYBOOK_HOME`, or in the system's folder for such data."""
    home = os.environ.get("PLAYBOOK_HOME") or platformdirs.user_data_dir("negotiation-playbook")
    return Path(home) / "deals.sqlite"


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _random_nonce() -> bytes:
    return secrets.token_bytes(16)


class Store:
    """A database of journals. `place` is a file, `:memory:`, or a database URL.

    Clock, nonces and codec are arguments, so that tests can hold them still.
    """

    def __init__(
        self,
        place: str | Path | None = None,
        *,
        clock: Clock = _utc_now,
        nonce: NonceSource = _random_nonce,
        codec: Codec | None = None,
    ):
        self.place = str(place or default_place())
        self._clock, self._nonce, self._codec = clock, nonce, codec or JsonCodec()
        self._engine: Engine | None = None

    @contextmanager
    def reading(self) -> Iterator[Journal]:
        """A journal to read from, all of one moment."""
        with self._transaction(writes=False) as journal:
            yield journal

    @contextmanager
    def writing(self) -> Iterator[Journal]:
        """A journal to write to; everything in the block is saved together, or nothing is."""
        with self._transaction(writes=True) as journal:
            yield journal

    def forget_erased(self) -> None:
        """Take erased bodies out of the write-ahead log as well."""
        if self._opened().dialect.name == "sqlite":
            with self._sentences(), self._opened().connect() as connection:
                connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    @contextmanager
    def _transaction(self, writes: bool) -> Iterator[Journal]:
        with self._sentences():
            connection = self._opened().connect().execution_options(writes=writes)
            with connection, connection.begin():
                yield Journal(connection, self._codec, self._clock, self._nonce)

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except StoreError:
            raise
        except (DBAPIError, OSError) as error:
            raise as_sentence(error, self.place) from error

    def _opened(self) -> Engine:
        if self._engine is None:
            with self._sentences():
                engine = self._connectable()
                connection = engine.connect().execution_options(writes=True)
                with connection, connection.begin():
                    tables.migrate(connection, self._clock().isoformat())
                self._engine = engine
        return self._engine

    def _connectable(self) -> Engine:
        if "://" in self.place:
            return create_engine(self.place)
        if self.place == MEMORY:
            engine = create_engine(
                "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
            )
        else:
            _make_private(Path(self.place))
            engine = create_engine(
                f"sqlite:///{self.place}", connect_args={"timeout": BUSY_SECONDS}
            )
        event.listen(engine, "connect", _dress)
        event.listen(engine, "begin", _begin)
        return engine


def _make_private(path: Path) -> None:
    """Create the file for its owner alone; SQLite gives its log files the same rights."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _dress(connection, record) -> None:
    # The driver must not open transactions by itself: `_begin` decides which kind.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection) -> None:
    # A writer takes its place in line at once; otherwise two readers that both want to write
    # would fail instead of waiting for each other.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


__all__ = ["MEMORY", "Store", "StoreError", "default_place"]
