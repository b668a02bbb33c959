"""One suite for all stores: a test that takes the fixture `store` is run with each of them.

One that also takes `path`, is marked `geopackage` or lies in a folder of that name is about the file.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit

import psycopg
import pytest

from gis_capture.store import Store, open_store
from tests.postgres import HELP, VARIABLE, find_programs, running_server

KINDS = ("geopackage", "postgis")
_NUMBERS = count(1)


def parametrize_store(metafunc: pytest.Metafunc) -> None:
    """Runs a test with each store, for `pytest_generate_tests`."""
    is_about_file = (
        "path" in metafunc.fixturenames
        or metafunc.definition.get_closest_marker("geopackage")
        or metafunc.definition.path.parent.name == "geopackage"
    )
    if "store" in metafunc.fixturenames:
        metafunc.parametrize("store", KINDS[:1] if is_about_file else KINDS, indirect=True)


@contextmanager
def test_database() -> Iterator[str]:
    """Gives the URL of a database for a run of the tests; they are skipped where there is none."""
    given, programs = os.environ.get(VARIABLE), find_programs()
    if given:
        yield given
    elif programs is None:
        pytest.skip(HELP)
    else:
        with running_server(programs) as url:
            yield url


@contextmanager
def empty_schema(database: str) -> Iterator[str]:
    """Gives the URL of a schema that is not there yet, and drops what was made in it."""
    name = f"test_{os.getpid()}_{next(_NUMBERS)}"
    parts = urlsplit(database)
    query = "&".join(filter(None, (parts.query, urlencode({"schema": name}))))
    yield urlunsplit(parts._replace(query=query))
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE")


@contextmanager
def opened_store(request: pytest.FixtureRequest, path: Path, *, epoch: str | None = None) -> Iterator[Store]:
    """Opens an empty store of the kind that a test is run with."""
    if getattr(request, "param", KINDS[0]) == "geopackage":
        store: Store = open_store(path, create=True, epoch=epoch)
    else:
        store = open_store(request.getfixturevalue("schema_url"), create=True, epoch=epoch)
    yield store
    store.close()
