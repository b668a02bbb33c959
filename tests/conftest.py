"""What all tests share."""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.stores import empty_schema, test_database

# A busy machine is no failure, and a landing should not hang on the luck of one draw.
settings.register_profile("project", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("project")

CHECKOUT_DIR = Path(__file__).resolve().parent.parent


def pytest_report_header() -> list[str]:
    """Prints the versions that decide what a GeoPackage looks like."""
    import pyogrio
    import pyproj

    return [f"SQLite {sqlite3.sqlite_version}, GDAL {pyogrio.__gdal_version_string__}, PROJ {pyproj.proj_version_str}"]


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of real files beside the checkout; the test is skipped where it is absent."""
    folder = CHECKOUT_DIR.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"needs real files in {folder.name}/ beside the checkout, which are not part of the project")
    return folder


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """The URL of a PostgreSQL database with PostGIS; the test is skipped where there is none."""
    with test_database() as url:
        yield url


@pytest.fixture
def schema_url(database_url: str) -> Iterator[str]:
    """The URL of a store that is not there yet, in a schema of its own."""
    with empty_schema(database_url) as url:
        yield url
