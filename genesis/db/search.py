"""Search as you type over names and codes: FTS5 on SQLite, tsvector on PostgreSQL, behind one small index."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Dialect

    from genesis.db.engine import Writer

MOST_WORDS = 12  # of what is typed; nobody searches for more
_WORD = re.compile(r"[^\W_]+", re.UNICODE)


def words(typed: str) -> list[str]:
    """Return the words of a text, lower case; everything that is not a letter or digit separates."""
    return [word.lower() for word in _WORD.findall(typed)]


@dataclass(frozen=True)
class SearchIndex:
    """A full-text index of one plugin; its name starts with the plugin's id."""

    name: str

    def table_names(self) -> set[str]:
        """Return the tables behind it."""
        return {self.name, *(f"{self.name}_{part}" for part in ("data", "idx", "content", "docsize", "config"))}

    def create(self, connection: Connection) -> None:
        """Create it (in a migration)."""
        if connection.dialect.name == "sqlite":
            connection.execute(text(
                f"CREATE VIRTUAL TABLE {self.name} USING fts5(text, prefix='1 2 3', "
                'tokenize="unicode61 remove_diacritics 2")'
            ))  # fmt: skip
        else:
            connection.execute(text(f"CREATE TABLE {self.name} (id BIGINT PRIMARY KEY, text tsvector NOT NULL)"))
            connection.execute(text(f"CREATE INDEX {self.name}_gin ON {self.name} USING gin(text)"))

    def put(self, writer: Writer, dialect: Dialect, rows: Sequence[tuple[int, str]]) -> None:
        """Replace the texts of these numbers."""
        cursor: Any = writer.connection.connection.cursor()
        numbered = [(number, " ".join(words(body)) if body else "") for number, body in rows]
        gone, kept = [(number,) for number, body in numbered if not body], [row for row in numbered if row[1]]
        if dialect.name == "sqlite":
            cursor.executemany(f"DELETE FROM {self.name} WHERE rowid = ?", gone)
            cursor.executemany(f"INSERT OR REPLACE INTO {self.name}(rowid, text) VALUES (?, ?)", kept)
        else:
            cursor.executemany(f"DELETE FROM {self.name} WHERE id = %s", gone)
            cursor.executemany(
                f"INSERT INTO {self.name}(id, text) VALUES (%s, to_tsvector('simple', %s)) "
                "ON CONFLICT (id) DO UPDATE SET text = excluded.text",
                kept,
            )

    def number(self, *, sqlite: bool) -> str:
        """Return what the column with the numbers is called; the one with the texts is `text`."""
        return "rowid" if sqlite else "id"

    def find(self, connection: Connection, typed: str, limit: int) -> list[int]:
        """Return the row numbers whose text has a word beginning with each typed word."""
        found = words(typed)[:MOST_WORDS]
        if not found:
            return []
        if connection.dialect.name == "sqlite":
            query = " ".join(f'"{word}"*' for word in found)
            rows = connection.execute(
                text(f"SELECT rowid FROM {self.name} WHERE {self.name} MATCH :query LIMIT :limit"),
                {"query": query, "limit": limit},
            )
        else:
            query = " & ".join(f"'{word}':*" for word in found)
            rows = connection.execute(
                text(f"SELECT id FROM {self.name} WHERE text @@ to_tsquery('simple', :query) LIMIT :limit"),
                {"query": query, "limit": limit},
            )
        return [row[0] for row in rows]
