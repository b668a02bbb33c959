"""`gis-capture convert --track`: photos find their place by when they were taken."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gis_capture.cli import main
from gis_capture.workspace import Workspace

GPX = """<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1" creator="t"><trk><trkseg>
<trkpt lat="36.1400" lon="137.2500"><time>2024-04-05T00:30:00Z</time></trkpt>
<trkpt lat="36.1400" lon="137.2510"><time>2024-04-05T00:30:20Z</time></trkpt>
<trkpt lat="36.1410" lon="137.2510"><time>2024-04-05T00:50:00Z</time></trkpt></trkseg></trk></gpx>"""


GPS = {1: "N", 2: (36.0, 8.0, 46.0), 3: "E", 4: (137.0, 15.0, 0.0)}


def photo(path: Path, taken: str, zone: str = "", gps: dict[int, Any] | None = None) -> None:
    """Writes a photo; without `gps` it has no position."""
    exif = Image.Exif()
    exif.get_ifd(0x8825).update(gps or {})
    exif.get_ifd(0x8769)[0x9003] = f"2024:04:05 {taken}"
    if zone:
        exif.get_ifd(0x8769)[0x9011] = zone
    Image.new("RGB", (8, 8)).save(path, exif=exif)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace, a track, and photos of which the last was taken in its gap."""
    (tmp_path / "walk.gpx").write_text(GPX, encoding="utf-8")
    (tmp_path / "photos").mkdir()
    photo(tmp_path / "photos" / "1.jpg", "09:30:05")
    photo(tmp_path / "photos" / "2.jpg", "00:30:10", "+00:00")
    photo(tmp_path / "photos" / "3.jpg", "09:40:00")
    Workspace.create(tmp_path / "w").close()
    return tmp_path


def convert(folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, Any]:
    """Imports the photos into a layer of their own; gives the exit code and the result."""
    track = ["--track", str(folder / "walk.gpx"), *more]
    arguments = ["convert", str(folder / "photos"), "--layer", "generic", "--workspace", str(folder / "w"), "--json"]
    with pytest.raises(SystemExit) as stop:
        main([*arguments, *track])
    assert isinstance(stop.value.code, int)
    return stop.value.code, json.loads(capsys.readouterr().out or "null")


def places(folder: Path) -> dict[Any, tuple[float, float] | None]:
    """Where the photos lie, by name."""
    with Workspace.open(folder / "w") as workspace:
        key = next(layer.key for layer in workspace.store.layers())
        found = {}
        for feature in workspace.store.features(key):
            name = next(value for value in feature.fields.values() if str(value).endswith(".jpg"))
            geometry: Any = feature.geometry
            found[name] = None if geometry is None else (round(geometry.x, 6), round(geometry.y, 6))
        return found


def test_photos_lie_where_the_track_was_when_they_were_taken(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Times without a zone are those of Japan; a photo in a gap is kept without a position, and told."""
    code, result = convert(folder, capsys)
    assert (code, result["n_loaded"], result["n_unlocated"]) == (3, 2, 1)
    assert places(folder) == {"1.jpg": (137.25025, 36.14), "2.jpg": (137.2505, 36.14), "3.jpg": None}
    told = [(problem["code"], problem["row"]) for problem in result["problems"] if problem["code"].startswith("photo")]
    assert told == [("photo_outside_track", 3)]
    with Workspace.open(folder / "w") as workspace:
        (record,) = workspace.imports()
        (sha256,) = record["track"].pop("sha256")
        assert record["track"] == {"names": ["walk.gpx"], "zone": "+0900", "ahead_s": 0.0, "max_gap_s": 60.0}
        kept = workspace.folder.sources_dir / sha256 / "walk.gpx"
        assert kept.read_text(encoding="utf-8") == GPX
        key = workspace.store.layers()[0].key
        quality = {feature.position.method: feature.position for feature in workspace.store.features(key)}
        assert quality["track"].accuracy_m is not None
        assert quality["track"].accuracy_m >= 10
        assert "walk.gpx" in (quality["track"].note or "")


def test_a_clock_that_is_ahead_and_a_longer_gap_are_taken_into_account(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Five seconds ahead: the first photo was taken at the first point; half-way through the gap is half the way."""
    code, result = convert(folder, capsys, "--camera-ahead", "5", "--track-gap", "1200")
    assert (code, result["n_unlocated"]) == (0, 0)
    found = places(folder)
    assert found["1.jpg"] == (137.25, 36.14)
    assert found["3.jpg"] is not None
    assert found["3.jpg"] == pytest.approx((137.251, 36.1405), abs=1e-4)


def test_another_time_zone_moves_the_photos_that_state_none(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In UTC, 09:30 is long after the walk."""
    _, result = convert(folder, capsys, "--camera-zone", "+00:00")
    assert (result["n_loaded"], result["n_unlocated"]) == (1, 2)


@pytest.mark.parametrize("more", [["--camera-zone", "JST"], ["--update", "--as-new"]])
def test_options_that_make_no_sense_are_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    """Nothing is imported."""
    assert convert(folder, capsys, *more)[0] == 2


def test_a_file_without_a_track_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A GPX of way points has no times to place photos by."""
    (folder / "walk.gpx").write_text(GPX.replace("trk", "trx"), encoding="utf-8")
    assert convert(folder, capsys)[0] == 1


def test_one_photo_alone_finds_its_place(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As in a folder; without the track it is a row without a position, told."""
    one = folder / "photos" / "1.jpg"
    arguments = ["convert", str(one), "--layer", "generic", "--workspace", str(folder / "w"), "--json"]
    found = []
    for more in (["--dry-run"], ["--track", str(folder / "walk.gpx")]):
        with pytest.raises(SystemExit) as stop:
            main([*arguments, *more])
        found.append((stop.value.code, json.loads(capsys.readouterr().out)))
    (without, result), (code, placed) = found
    assert (without, result["n_unlocated"], code, placed["n_loaded"]) == (3, 1, 0, 1)
    assert "photo_without_position" in {problem["code"] for problem in result["problems"]}
    assert places(folder) == {"1.jpg": (137.25025, 36.14)}


def test_the_next_version_of_photos_takes_another_track(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A track that knows the gap places the third photo; the others stay, and the record keeps the new track."""
    convert(folder, capsys)
    gap = '<trkpt lat="36.1405" lon="137.2510"><time>2024-04-05T00:40:05Z</time></trkpt>'
    (folder / "walk.gpx").write_text(GPX.replace("</trkseg>", gap + "</trkseg>"), encoding="utf-8")
    photo(folder / "photos" / "4.jpg", "09:30:15")
    options = ["--track", str(folder / "walk.gpx"), "--workspace", str(folder / "w"), "--update", "--key", "ファイル名"]
    with pytest.raises(SystemExit) as stop:
        main(["convert", str(folder / "photos"), *options])
    assert stop.value.code in (0, 3)
    found = places(folder)
    assert found["1.jpg"] == (137.25025, 36.14) and found["4.jpg"] == (137.25075, 36.14)
    assert found["3.jpg"] == pytest.approx((137.251, 36.1405), abs=1e-4)
    with Workspace.open(folder / "w") as workspace:
        assert len({record["track"]["sha256"][0] for record in workspace.imports()}) == 2


def test_photos_move_where_only_the_clock_of_their_camera_is_put_right(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Their files are the same; one that the track no longer knows stays where it was, told."""
    convert(folder, capsys, "--track-gap", "1200")
    before = places(folder)
    options = ["--update", "--key", "ファイル名", "--camera-ahead", "5"]
    _, result = convert(folder, capsys, *options)
    after = places(folder)
    assert after["1.jpg"] == pytest.approx((137.25, 36.14)) and before["1.jpg"] == pytest.approx((137.25025, 36.14))
    assert after["3.jpg"] == before["3.jpg"] is not None
    assert ("position_kept", 3) in {(problem["code"], problem["row"]) for problem in result["problems"]}
    with Workspace.open(folder / "w") as workspace:
        assert {record["track"]["ahead_s"] for record in workspace.imports()} == {0.0, 5.0}


def test_a_track_of_an_import_that_failed_is_not_kept(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing names it."""
    (folder / "photos" / "1.jpg").unlink()
    for name in ("2.jpg", "3.jpg"):
        (folder / "photos" / name).write_bytes(b"broken")
    assert convert(folder, capsys)[0] == 1
    assert not list((folder / "w" / "sources").iterdir())


def test_the_position_of_a_photo_is_as_near_as_its_receiver_said(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """GPSHPositioningError; one without it is called 10 m near. A datum that is changed, or not known, is told."""
    photo(folder / "photos" / "2.jpg", "09:30:10", gps={**GPS, 31: 12.5})
    photo(folder / "photos" / "3.jpg", "09:40:00", gps=GPS)
    photo(folder / "photos" / "4.jpg", "09:41:00", gps={**GPS, 18: "TOKYO"})
    photo(folder / "photos" / "5.jpg", "09:42:00", gps={**GPS, 18: "MOON"})
    convert(folder, capsys)
    with Workspace.open(folder / "w") as workspace:
        key = workspace.store.layers()[0].key
        by_name = {
            next(str(value) for value in feature.fields.values() if str(value).endswith(".jpg")): feature.position
            for feature in workspace.store.features(key)
        }
    assert {name: found.method for name, found in by_name.items()} == {
        "1.jpg": "track",
        "2.jpg": "photo",
        "3.jpg": "photo",
        "4.jpg": "photo",
        "5.jpg": "photo",
    }
    assert by_name["2.jpg"].accuracy_m == pytest.approx(12.5, abs=2)
    assert by_name["3.jpg"].accuracy_m == pytest.approx(10, abs=1)
    assert (by_name["4.jpg"].accuracy_m or 0) > 10
    notes = {name: found.note or "" for name, found in by_name.items()}
    assert "水平精度12.5m" in notes["2.jpg"] and "水平精度の記載がないため10m" in notes["3.jpg"]
    assert "測地系「TOKYO」から変換" in notes["4.jpg"] and "確認：測地系「MOON」" in notes["5.jpg"]


def test_a_photo_near_nought_is_marked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A receiver without a fix writes such places; the feature says that it is to be looked at."""
    photo(folder / "photos" / "4.jpg", "09:30:05", gps=GPS | {2: (0.0, 0.0, 2.0), 4: (0.0, 0.0, 3.0)})
    convert(folder, capsys)
    with Workspace.open(folder / "w") as workspace:
        key = next(layer.key for layer in workspace.store.layers())
        (marked,) = [one for one in workspace.store.features(key) if "確認：" in (one.position.note or "")]
    assert "日本の範囲の外" in (marked.position.note or "") and (marked.position.accuracy_m or 0) > 1e6
