"""街路樹.shp: a shapefile in cp932 and plane rectangular zone VII, with names cut to ten bytes."""

from pathlib import Path

import numpy as np
import shapely
from pyogrio.raw import write

from maker.chance import Chance
from maker.city import CENTRE_E, CENTRE_N, sites_along
from maker.truth import Truth
from maker.writing import MADE_AT

NAME = "街路樹.shp"
SPECIES = {
    "ソメイヨシノ": "ソメイヨシノ",
    "さくら": "ソメイヨシノ",
    "イチョウ": "イチョウ",
    "ケヤキ": "ケヤキ",
    "花水木": "ハナミズキ",
}
HEALTH = {"良": "良", "良好": "良", "普通": "やや不良", "衰弱": "不良", "枯死": "枯死", "伐採済み": "伐採済"}


def write_trees(ledgers: Path, expected: Path) -> None:
    """Writes the shapefile (.shp .shx .dbf .prj .cpg) and what is to be read in it."""
    chance = Chance("trees")
    truth = Truth(NAME, "street_tree", "cp932", None, [], "none", "EPSG:6675")
    spots = chance.some_of(
        [spot for spot in sites_along(("main",), 24, 5.2) if abs(spot.n) < 950 and abs(spot.e) < 1000], 110
    )
    columns: dict[str, list[object]] = {
        name: [] for name in ("樹木番号", "路線名", "樹種", "樹高", "幹周", "植栽年度", "樹勢", "備考")
    }
    for number, spot in enumerate(spots, 1):
        species, health = chance.one_of(list(SPECIES)), chance.one_of([*HEALTH, "良", "良"])
        height, girth = round(chance.between(3, 14), 1), chance.whole(18, 160)
        values = (f"K{number:04}", spot.road, species, height, girth, f"平成{chance.whole(2, 30)}年度", health)
        for column, value in zip(
            columns.values(), (*values, chance.one_of(("", "", "根上り", "電線に接触"))), strict=True
        ):
            column.append(value)
        fields = {
            "ledger_number": f"K{number:04}",
            "route_name": spot.road,
            "species": SPECIES[species],
            "height_m": height,
            "girth_cm": girth,
            "status": HEALTH[health],
        }
        truth.loaded(number, spot.degrees, **fields)
    points = shapely.points([(CENTRE_E + spot.e, CENTRE_N + spot.n) for spot in spots])
    kinds = {"樹高": np.float64, "幹周": np.int32}
    ledgers.mkdir(parents=True, exist_ok=True)
    write(
        ledgers / NAME,
        shapely.to_wkb(points),
        [np.array(values, dtype=kinds.get(name, object)) for name, values in columns.items()],
        list(columns),
        geometry_type="Point",
        crs="EPSG:6675",
        encoding="cp932",
        layer_options={"DBF_DATE_LAST_UPDATE": f"{MADE_AT:%Y-%m-%d}"},
    )
    truth.write(expected)
