"""What is wrong with a database is told in words that say what to do."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import errors

from gis_capture.errors import FieldError, FormatVersionError, StoreError
from gis_capture.model import FieldType
from gis_capture.store import open_store
from gis_capture.store.postgis import PostgisStore
from gis_capture.store.postgis.failures import store_error
from gis_capture.store.postgis.place import parse_place, without_password
from tests.store.lamps import AT, LAMPS, OFFICE, lamp, make_field


def _other(url: str, *, user: str = "gis", database: str = "gis") -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{user}@", path=f"/{database}"))


def test_a_database_without_postgis_is_told(database_url: str, schema_url: str) -> None:
    """With the statement that an administrator runs."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE plain")
    with pytest.raises(StoreError, match="CREATE EXTENSION postgis"):
        open_store(_other(schema_url, database="plain"), create=True)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DROP DATABASE plain WITH (FORCE)")


def test_a_user_without_rights_is_told(database_url: str, schema_url: str) -> None:
    """And that the administrator gives them."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("CREATE ROLE guest LOGIN")
    with pytest.raises(StoreError, match="ask the database's administrator"):
        open_store(_other(schema_url, user="guest"), create=True)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DROP ROLE guest")


@pytest.mark.parametrize(("database", "words"), [("none", "no such database"), ("gis", "no store in the schema")])
def test_what_is_not_there_is_told(schema_url: str, database: str, words: str) -> None:
    """A database, or the store in it: opening makes nothing by itself."""
    with pytest.raises(StoreError, match=words):
        open_store(_other(schema_url, database=database))


def test_a_schema_of_others_is_left_alone(database_url: str, schema_url: str) -> None:
    """Tables with other names than ours are somebody's."""
    name = parse_place(schema_url).schema
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name} CREATE TABLE taxes (id int)")
    with pytest.raises(StoreError, match="taxes"):
        open_store(schema_url, create=True)


def test_a_store_of_another_version_is_refused(database: PostgisStore, schema_url: str, database_url: str) -> None:
    """Instead of being read wrongly."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        schema = database.place.schema
        connection.execute(f"UPDATE {schema}.gis_capture_meta SET value = '99' WHERE key = 'format_version'")
    with pytest.raises(FormatVersionError):
        open_store(schema_url)


def test_errors_say_what_to_do_and_no_password() -> None:
    """Each kind has words of its own, in both languages."""
    shown = without_password("postgresql://gis:secret@host/gis?password=secret")
    found = {
        kind: store_error(shown, kind("reason")).message
        for kind in (
            errors.InvalidPassword,
            errors.InvalidCatalogName,
            errors.LockNotAvailable,
            errors.QueryCanceled,
            errors.InsufficientPrivilege,
            errors.DiskFull,
            errors.ReadOnlySqlTransaction,
            errors.ConnectionException,
            errors.SyntaxError,
        )
    }
    assert len({words.ja for words in found.values()}) == len(found) == len({words.en for words in found.values()})
    assert "PGPASSWORD" in found[errors.InvalidPassword].ja
    assert all("secret" not in words.ja + words.en for words in found.values())


def test_names_that_postgresql_needs_are_refused(database: PostgisStore) -> None:
    """A field called like a system column would make a table that cannot be made."""
    layer = LAMPS.__class__("thing", LAMPS.title, "Point", (make_field("xmin", FieldType.REAL),))
    with pytest.raises(FieldError), database.transact(OFFICE, at=AT) as transaction:
        transaction.put_layer(layer)
    assert database.layers() == ()


@pytest.mark.parametrize(("field", "value"), [("number", "a\0b"), ("n_lamps", 2**63), ("installed_on", "昨日")])
def test_a_value_that_no_column_holds_is_named(database: PostgisStore, field: str, value: Any) -> None:
    """With its feature and field; the others of the same block are not written."""
    with database.transact(OFFICE, at=AT) as transaction:
        transaction.put_layer(LAMPS)
        transaction.insert([lamp("a")])
    odd: dict[str, Any] = {field: value}
    for act in ("insert", "update"):
        with pytest.raises(ValueError) as error, database.transact(OFFICE, at=AT) as transaction:
            if act == "insert":
                transaction.insert([lamp("b"), lamp("c", **odd)])
            else:
                transaction.update(lamp("a", **odd))
        assert error.value.subject["field"] == field  # type: ignore[attr-defined]
    assert database.revision() == 1
