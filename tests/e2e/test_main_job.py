"""The main job: a real ledger goes to a tablet, the office is out of reach, work is done, everything comes back."""

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pyogrio
import pytest
from geopandas import GeoDataFrame
from pandas import DataFrame
from PIL import Image
from playwright.sync_api import Playwright, Route, expect

from tests.e2e.photo import take_photo
from tests.e2e.serving import CHECKOUT_DIR, Server, run_cli
from tests.e2e.tablet import LANDSCAPE, PORTRAIT, Tablet, tablet

SHARED_DIR = CHECKOUT_DIR.parent / "shared"
SAMPLES_DIR = CHECKOUT_DIR / "sample_data" / "ledgers"
TOLERANCE_DEG = 1e-6


@dataclass(frozen=True)
class Job:
    """A ledger, what is changed in it, how the new point is placed, how the tablet is held and how slow it is."""

    ledger: Path
    layer: str
    n_rows: int
    status: str
    way: Literal["gps", "center", "tap"]
    is_upright: bool = False
    slowdown: int = 1


REAL_JOBS = (
    Job(SHARED_DIR / "corpus/01_municipal_csv/yaizu_fire_hydrant.csv", "fire_hydrant", 193, "要補修", "gps"),
    Job(SHARED_DIR / "corpus/01_municipal_csv/echizen_aed.csv", "aed", 108, "要点検", "center"),
    Job(
        SHARED_DIR / "corpus/02_municipal_excel/takamatsu_aed.xlsx",
        "aed",
        450,
        "期限切れ",
        "tap",
        is_upright=True,
        slowdown=6,
    ),
)
SAMPLE_JOBS = (
    Job(SAMPLES_DIR / "消防水利施設一覧.csv", "fire_hydrant", 80, "要補修", "gps"),
    Job(SAMPLES_DIR / "AED.csv", "aed", 28, "要点検", "tap", is_upright=True, slowdown=6),
)
JOBS = REAL_JOBS if SHARED_DIR.is_dir() else SAMPLE_JOBS
LABELS: dict[str, Callable[[Any], str]] = {
    "fire_hydrant": lambda row: f"{row.kind} {row.ledger_number}",
    "aed": lambda row: str(row["name"]),
}


def read_layer(server: Server, layer: str) -> GeoDataFrame:
    """Reads a layer as any program with GDAL does."""
    return pyogrio.read_dataframe(server.workspace / "layers.gpkg", layer=layer).set_index("feature_id")


def values(features: GeoDataFrame) -> DataFrame:
    """Gives all values but the revision; an empty column has another type than one with values."""
    frame = DataFrame(features.to_wkt().drop(columns="revision")).astype(object)
    return frame.where(frame.notna(), None)


def choose_feature(features: GeoDataFrame, layer: str) -> tuple[str, str]:
    """Gives feature_id and label of a located feature whose label no other has."""
    labels = features.apply(LABELS[layer], axis=1)
    unique = labels[~labels.duplicated(keep=False) & ~features.geometry.isna() & ~labels.str.contains(r"nan|None| $")]
    return str(unique.index[0]), str(unique.iloc[0])


def write_new_point(crew: Tablet, job: Job) -> None:
    """Fills the form of the point that was placed just now, and saves it."""
    crew.write("ledger_number", "現場-001")
    if job.layer == "aed":
        crew.write("name", "新しい集会所")
    crew.save()


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.ledger.stem)
def test_edits_made_without_a_network_reach_the_geopackage(
    job: Job, server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """Convert, take along, edit, add and photograph with the server stopped, restart everything, send, read by GDAL."""
    done = run_cli(
        "convert", job.ledger, "--layer", job.layer, "--workspace", server.workspace, "--json", exit_codes=(0, 3)
    )
    account = json.loads(done)
    before = read_layer(server, job.layer)
    assert len(before) == job.n_rows == account["n_loaded"] + account["n_unlocated"]
    feature_id, label = choose_feature(before, job.layer)
    place = before.geometry[feature_id]
    position = (round(place.x + 0.0003, 7), round(place.y + 0.0002, 7))
    viewport = PORTRAIT if job.is_upright else LANDSCAPE
    photo = take_photo(tmp_path)
    switch_on = partial(
        tablet,
        playwright,
        browser_path,
        tmp_path / "profile",
        server.url,
        position=position,
        viewport=viewport,
        slowdown=job.slowdown,
    )
    server.start()

    with switch_on() as crew:
        crew.set_up(job.layer)
        crew.expect_unsent(0)
        crew.wait_until_kept()
        server.stop()
        crew.reload()
        expect(crew.part("status-connection")).to_have_attribute("data-online", "false")

        crew.find(label)
        crew.choose("status", job.status)
        crew.write("inspection_note", "蓋が固い。𠮷野さんに連絡済み")
        crew.attach(photo)
        crew.save()
        crew.expect_unsent(1)
        expect(crew.part("status-photos")).to_have_text("写真 1枚")

        # From the list the map came to the feature: its middle is the feature's place, as exact as a pixel is small.
        crew.zoom_in(3 if job.way == "tap" else 0)
        crew.record(job.layer)
        crew.expect_map()
        crew.place(job.way)
        write_new_point(crew, job)
        crew.expect_unsent(2)

        crew.reload()
        expect_kept(crew, label, job)

    with switch_on() as crew:
        expect_kept(crew, label, job)
        ((sha256, picture),) = crew.photos().items()
        assert hashlib.sha256(picture).hexdigest() == sha256
        server.start()
        crew.send()
        assert crew.receipts() == ["applied", "applied"]
        crew.expect_unsent(0)
        expect(crew.part("send-photos")).to_have_text("写真 1 / 1枚が届きました。")
        expect(crew.part("status-connection")).to_have_attribute("data-online", "true")
        crew.find("新しい集会所" if job.layer == "aed" else "現場-001")

    after = read_layer(server, job.layer)
    assert len(after) == len(before) + 1
    assert after.loc[feature_id, "status"] == job.status
    assert after.loc[feature_id, "inspection_note"] == "蓋が固い。𠮷野さんに連絡済み"
    untouched = before.index.drop(feature_id)
    assert values(after.loc[untouched]).equals(values(before.loc[untouched]))
    added = after.loc[after.index.difference(before.index)].iloc[0]
    assert added.ledger_number == "現場-001"
    there = position if job.way == "gps" else (place.x, place.y)
    assert (added.geometry.x, added.geometry.y) == pytest.approx(there, abs=TOLERANCE_DEG)
    assert added.position_method == ("gps" if job.way == "gps" else "tap")

    feature = server.read_json(f"/layers/{job.layer}/features/{feature_id}")
    assert [attachment["sha256"] for attachment in feature["attachments"]] == [sha256]
    stored = server.read(f"/attachments/{sha256}")
    assert stored == picture
    with Image.open(io.BytesIO(stored)) as image:
        assert (image.format, *image.size) == ("JPEG", 1103, 2048)


def expect_kept(crew: Tablet, label: str, job: Job) -> None:
    """Sees that both edits and the photo are on the tablet."""
    crew.expect_map()
    crew.expect_unsent(2)
    expect(crew.part("status-photos")).to_have_text("写真 1枚")
    crew.find(label)
    expect(crew.part(f"form-choice-status-{job.status}").locator("input")).to_be_checked()
    expect(crew.part("photo-thumbnail")).to_have_count(1)
    crew.tap("button-close")
    crew.tap("button-send")
    expect(crew.part("change-row")).to_have_count(2)
    crew.tap("button-map")


def test_an_answer_that_got_lost_is_given_again(
    server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """The server has the changes, the tablet does not know: sent again, they get the same receipts and no new rows."""
    run_cli("convert", SAMPLES_DIR / "AED.csv", "--workspace", server.workspace, exit_codes=(0, 3))
    n_before = len(read_layer(server, "aed"))
    answers: list[dict[str, Any]] = []

    def cut(route: Route) -> None:
        response = route.fetch()
        answers.append(response.json())
        if len(answers) == 1:
            route.abort("connectionreset")
        else:
            route.fulfill(response=response)

    server.start()
    with tablet(playwright, browser_path, tmp_path / "profile", server.url) as crew:
        crew.set_up("aed")
        for name in ("集会所の東", "集会所の西"):
            crew.record("aed")
            crew.place("center")
            crew.write("name", name)
            crew.save()
        crew.page.route("**/sync/push", cut)
        crew.complaints.allow("/sync/push|OfflineError")
        crew.tap("button-send")
        crew.tap("send-start")
        expect(crew.part("send-trouble")).to_contain_text("記録はすべてこの端末に残っています")
        crew.expect_unsent(2)
        crew.send()
        crew.expect_unsent(0)
        assert crew.receipts() == ["applied", "applied"]

    first, second = answers
    assert first["receipts"] == second["receipts"]
    names = read_layer(server, "aed")["name"]
    assert len(names) == n_before + 2
    assert sorted(names[names.str.startswith("集会所の")]) == ["集会所の東", "集会所の西"]
