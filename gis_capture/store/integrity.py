"""Looks for damage in a store."""

from gis_capture.geopackage.rtree import rtree_name
from gis_capture.model import Problem
from gis_capture.store.reading import Reading
from gis_capture.text import Text

DAMAGED_FILE = "damaged_file"
INDEX_OUT_OF_STEP = "index_out_of_step"
COUNT_OUT_OF_STEP = "count_out_of_step"
_RESTORE = Text("控えから戻してください。", "Restore a backup.")


def find_damage(reading: Reading) -> list[Problem]:
    """Checks the file's pages, and that index and counts of each layer agree with its rows."""
    database = reading.connection
    found = [row[0] for row in database.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
    problems = [
        _problem(DAMAGED_FILE, f"ファイルが壊れています: {words}", f"the file is damaged: {words}") for words in found
    ]
    for layer in reading.layers():
        rows = reading.rows_of(layer.key)
        n_rows, n_located = database.execute(f"SELECT count(*), count(geometry) FROM {rows.table}").fetchone()
        n_indexed = database.execute(f"SELECT count(*) FROM {rtree_name(layer.key)}").fetchone()[0]
        n_empty = database.execute(
            f"SELECT count(*) FROM {rows.table} WHERE geometry NOT NULL AND ST_IsEmpty(geometry)"
        ).fetchone()[0]
        if n_indexed != n_located - n_empty:
            problems.append(
                _problem(
                    INDEX_OUT_OF_STEP,
                    f"レイヤー「{layer.title.ja}」の空間索引が {n_indexed} 件、図形が {n_located - n_empty} 件です",
                    f'the index of layer "{layer.key}" has {n_indexed} entries for {n_located - n_empty} geometries',
                )
            )
        n_counted = reading.layer_info(layer.key).n_features
        if n_counted != n_rows:
            problems.append(
                _problem(
                    COUNT_OUT_OF_STEP,
                    f"レイヤー「{layer.title.ja}」の件数が {n_counted}、行が {n_rows} です",
                    f'layer "{layer.key}" counts {n_counted} features for {n_rows} rows',
                )
            )
    return problems


def _problem(code: str, ja: str, en: str) -> Problem:
    return Problem(code, "error", Text(ja + "。", en[0].upper() + en[1:] + "."), _RESTORE)
