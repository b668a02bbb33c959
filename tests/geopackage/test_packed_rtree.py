"""An R-tree written at once is one that SQLite finds sound and searches rightly."""

import sqlite3

import numpy as np
import pytest

from gis_capture.geopackage.packed_rtree import write_packed


@pytest.mark.parametrize("n", [0, 1, 51, 52, 2_601, 2_602, 6_000])
def test_a_packed_tree_is_sound_and_finds_what_is_inside(n: int) -> None:
    """Sizes around one node and around two levels; afterwards single rows come and go."""
    random = np.random.default_rng(n)
    low = random.uniform(-180, 180, (n, 2))
    high = low + random.uniform(0, 0.5, (n, 2))
    boxes = np.column_stack([low[:, 0], high[:, 0], low[:, 1], high[:, 1]])
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE r USING rtree(id, minx, maxx, miny, maxy)")
    database.execute("INSERT INTO r VALUES (999999, 0, 0, 0, 0)")

    write_packed(database, "r", np.arange(1, n + 1), boxes)
    packed = database.execute("SELECT rtreecheck('r'), count(*) FROM r").fetchone()
    found = {row[0] for row in database.execute("SELECT id FROM r WHERE minx < 10 AND maxx > -10 AND miny < 9")}
    database.execute("INSERT INTO r VALUES (1000000, 5, 5, 5, 5)")
    database.execute("DELETE FROM r WHERE id <= 10")
    changed = database.execute("SELECT rtreecheck('r'), count(*) FROM r").fetchone()
    database.close()

    inside = np.flatnonzero((boxes[:, 0] < 10) & (boxes[:, 1] > -10) & (boxes[:, 2] < 9)) + 1
    assert (packed, changed) == (("ok", n), ("ok", max(n - 10, 0) + 1))
    assert found == set(inside.tolist())
