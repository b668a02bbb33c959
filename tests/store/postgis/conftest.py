"""Stores in PostGIS, and another program that edits their tables."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from gis_capture.store import open_store
from gis_capture.store.postgis import PostgisStore
from gis_capture.store.postgis.place import parse_place


@pytest.fixture
def database(schema_url: str) -> Iterator[PostgisStore]:
    """An empty store."""
    store: Any = open_store(schema_url, create=True)
    yield store
    store.close()


@pytest.fixture
def psql(database: PostgisStore, schema_url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection of a program that knows nothing of us; its time zone is that of Japan."""
    place = parse_place(schema_url)
    with psycopg.connect(place.conninfo, autocommit=True) as connection:
        connection.execute(f"SET search_path = {place.schema}, public")
        connection.execute("SET TimeZone = 'Asia/Tokyo'")
        yield connection
