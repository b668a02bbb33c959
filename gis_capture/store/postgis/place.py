"""Where a PostGIS store is: `postgresql://user@host:port/database?schema=name`, as libpq reads it."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

from gis_capture.errors import StoreError
from gis_capture.text import Text

DEFAULT_SCHEMA = "gis_capture"
_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,62}")


@dataclass(frozen=True, slots=True)
class Place:
    """A database and a schema in it.

    Attributes:
        conninfo: For libpq; may hold a password.
        shown: The same for people, without a password.
    """

    conninfo: str
    schema: str
    shown: str


def without_password(url: str) -> str:
    """Gives a URL as it may be shown and logged."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "password"]
    return urlunsplit(parts._replace(netloc=user.partition(":")[0] + at + host, query=urlencode(query)))


def parse_place(url: str) -> Place:
    """Reads a URL; a `schema` that is not named is "gis_capture".

    Raises:
        StoreError: It is none that libpq reads, or the schema has a name that none can have.
    """
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    schema = next((value for name, value in query if name == "schema"), DEFAULT_SCHEMA)
    rest = urlencode([(name, value) for name, value in query if name != "schema"])
    conninfo, shown = urlunsplit(parts._replace(query=rest)), without_password(url)
    try:
        conninfo_to_dict(conninfo)
    except psycopg.ProgrammingError as error:
        raise StoreError(
            Text(
                f"「{shown}」はデータベースの指定として読めません。"
                "「postgresql://利用者@サーバー:5432/データベース?schema=名前」のように書いてください。",
                f'"{shown}" names no database: write "postgresql://user@host:5432/database?schema=name".',
            ),
            place=shown,
        ) from error
    if not _SCHEMA.fullmatch(schema) or schema.startswith("pg_"):
        raise StoreError(
            Text(
                f"スキーマ名「{schema}」は使えません。英小文字・数字・「_」で63字までにしてください。",
                f'"{schema}" cannot name a schema: use up to 63 lower-case ASCII letters, digits and "_".',
            ),
            place=shown,
        )
    return Place(conninfo, schema, shown)
