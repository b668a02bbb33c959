"""Files are handed out of PostGIS and taken back into it as they are with the embedded store."""

from pathlib import Path

from shapely import Point, box

from gis_capture.model import Feature
from gis_capture.store import open_store
from gis_capture.store.protocol import Author
from gis_capture.sync.attachments import AttachmentFolder
from gis_capture.workspace.checkouts import Checkouts
from tests.sync.out_files import edited, fid_id
from tests.sync.tablets import AT, LAMP, POLE, new_id


def test_a_file_goes_out_of_postgis_and_comes_back(schema_url: str, tmp_path: Path) -> None:
    """An area with what has no place; an update, a new row and a deletion come back, once."""
    store = open_store(schema_url, create=True)
    try:
        lamps = [Feature("lamp", fid_id(n), Point(137 + n / 1000, 36), {"number": f"A-{n}"}) for n in range(1, 10)]
        with store.transact(Author("office"), at=AT) as transaction:
            transaction.put_layer(POLE)
            transaction.put_layer(LAMP)
            transaction.insert([*lamps, Feature("lamp", fid_id(10), None, {"number": "A-10"})])
        desk = Checkouts(
            tmp_path / "checkouts", store, clock=lambda: AT, new_id=new_id, attachments=AttachmentFolder(tmp_path / "a")
        )
        made = desk.make(tmp_path / "out.gpkg", ["lamp"], area=box(137, 35, 137.0055, 37))
        with edited(tmp_path / "out.gpkg") as db:
            db.execute("UPDATE lamp SET status = '球切れ' WHERE feature_id = ?", (fid_id(2),))
            db.execute("DELETE FROM lamp WHERE feature_id = ?", (fid_id(3),))
            db.execute("INSERT INTO lamp (number) VALUES ('新')")
        first, again = (desk.take(tmp_path / "out.gpkg") for _ in range(2))

        assert made.n_features == 6 and first.counts == {"applied": 3}
        assert again.receipts == first.receipts
        found = {one.fields["number"]: one for one in store.features("lamp")}
        assert set(found) == {"新", *(f"A-{n}" for n in range(1, 11) if n != 3)}
        assert found["A-2"].fields["status"] == "球切れ"
    finally:
        store.close()
