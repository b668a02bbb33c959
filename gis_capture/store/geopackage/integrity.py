"""Looks for damage in a store."""

import sqlite3
from collections.abc import Iterator

from gis_capture.geopackage.rtree import rtree_name
from gis_capture.model import Problem
from gis_capture.store.geopackage.reading import GeoPackageReading
from gis_capture.text import Text

DAMAGED_FILE = "damaged_file"
INDEX_OUT_OF_STEP = "index_out_of_step"
COUNT_OUT_OF_STEP = "count_out_of_step"
_FOUND = """SELECT count(*) FROM {table} JOIN {tree} ON id = fid
  WHERE minx <= ST_MinX(geometry) AND maxx >= ST_MaxX(geometry)
  AND miny <= ST_MinY(geometry) AND maxy >= ST_MaxY(geometry)"""
_RESTORE = Text("控えから戻してください。", "Restore a backup.")


def find_damage(reading: GeoPackageReading) -> list[Problem]:
    """Checks the file's pages, and that index and counts of each layer agree with its rows."""
    problems: list[Problem] = []
    try:
        found = [row[0] for row in reading.connection.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
        problems += map(_damaged, found)
        problems += _out_of_step(reading)
    except sqlite3.DatabaseError as error:
        problems.append(_damaged(str(error)))
    return problems


def _out_of_step(reading: GeoPackageReading) -> Iterator[Problem]:
    database = reading.connection
    for layer in reading.layers():
        rows = reading.rows_of(layer.key)
        n_rows, n_located = database.execute(f"SELECT count(*), count(geometry) FROM {rows.table}").fetchone()
        n_indexed = database.execute(f"SELECT count(*) FROM {rtree_name(layer.key)}").fetchone()[0]
        n_empty = database.execute(
            f"SELECT count(*) FROM {rows.table} WHERE geometry NOT NULL AND ST_IsEmpty(geometry)"
        ).fetchone()[0]
        n_found = database.execute(_FOUND.format(table=rows.table, tree=rtree_name(layer.key))).fetchone()[0]
        if n_found != n_located - n_empty:
            yield _problem(
                INDEX_OUT_OF_STEP,
                f"レイヤー「{layer.title.ja}」の空間索引で {n_located - n_empty} 件中 {n_found} 件しか見つかりません",
                f'the index of layer "{layer.key}" finds {n_found} of {n_located - n_empty} geometries',
            )
        elif n_indexed != n_found:
            yield _problem(
                INDEX_OUT_OF_STEP,
                f"レイヤー「{layer.title.ja}」の空間索引が {n_indexed} 件、図形が {n_located - n_empty} 件です",
                f'the index of layer "{layer.key}" has {n_indexed} entries for {n_located - n_empty} geometries',
            )
        n_counted = reading.layer_info(layer.key).n_features
        if n_counted != n_rows:
            yield _problem(
                COUNT_OUT_OF_STEP,
                f"レイヤー「{layer.title.ja}」の件数が {n_counted}、行が {n_rows} です",
                f'layer "{layer.key}" counts {n_counted} features for {n_rows} rows',
            )


def _damaged(words: str) -> Problem:
    return _problem(DAMAGED_FILE, f"ファイルが壊れています: {words}", f"the file is damaged: {words}")


def _problem(code: str, ja: str, en: str) -> Problem:
    return Problem(code, "error", Text(ja + "。", en[0].upper() + en[1:] + "."), _RESTORE)
