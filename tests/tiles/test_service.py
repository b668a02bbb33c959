"""Tiles are of the newest revision, whoever wrote it, and their names change with what is in them alone."""

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest
from shapely import Point

from gis_capture.model import Feature
from gis_capture.store import Store
from gis_capture.store.protocol import Author
from gis_capture.tiles import TileService, encoder, live
from gis_capture.tiles import service as service_module
from gis_capture.tiles.generations import Generations
from gis_capture.tiles.grid import Tile, tile_at
from gis_capture.tiles.packing import PACKINGS, pack
from tests.stores import opened_store, parametrize_store
from tests.tiles.drawing import LAYER
from tests.unpacking import UNPACKERS

AT = "2026-11-23T00:00:00Z"
HERE, FAR = (137.25, 36.14), (137.9, 36.9)
CITY, STREET, ELSEWHERE = tile_at(*HERE, 9), tile_at(*HERE, 16), tile_at(*FAR, 16)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs each test with each store."""
    parametrize_store(metafunc)


@pytest.fixture
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A layer of three parks near one another."""
    with opened_store(request, tmp_path / "layers.gpkg") as opened:
        with opened.transact(Author("office"), at=AT) as transaction:
            transaction.put_layer(LAYER)
            transaction.insert(park(number) for number in range(3))
        yield opened


def park(number: int, *, at: tuple[float, float] = HERE, name: str = "城山") -> Feature:
    """A park of a number, some metres beside the one before."""
    feature_id = f"00000000-0000-7000-8000-{number:012d}"
    place = Point(at[0] + number * 1e-6, at[1])
    return Feature("park", feature_id, place, {"name": name, "size": None, "owner": "甲"})


def write(store: Store, *, inserted: Any = (), updated: Any = (), deleted: Any = ()) -> None:
    """Changes the parks in one transaction."""
    with store.transact(Author("office"), at=AT) as transaction:
        transaction.insert(inserted)
        for feature in updated:
            transaction.update(feature)
        for number in deleted:
            transaction.delete("park", park(number).feature_id)


def seen(service: TileService, tile: Tile = STREET) -> dict[int, str]:
    """The parks of a tile: their numbers with their names."""
    content = service.encode(["park"], *tile)
    features = mapbox_vector_tile.decode(content)["park"]["features"] if content else []
    return {int(one["properties"]["feature_id"][-12:]): one["properties"]["name"] for one in features}


def test_every_change_is_in_the_next_tile(store: Store) -> None:
    """A new feature, a new name, another place, no place, and none at all; for two services as two processes are."""
    services = [TileService(store), TileService(store)]
    for service in services:
        assert seen(service) == {0: "城山", 1: "城山", 2: "城山"}
    steps: list[tuple[Callable[[], None], dict[int, str], dict[int, str]]] = [
        (lambda: write(store, inserted=[park(3)]), {0: "城山", 1: "城山", 2: "城山", 3: "城山"}, {}),
        (lambda: write(store, updated=[park(0, name="中橋")]), {0: "中橋", 1: "城山", 2: "城山", 3: "城山"}, {}),
        (lambda: write(store, updated=[park(3, at=FAR)]), {0: "中橋", 1: "城山", 2: "城山"}, {3: "城山"}),
        (lambda: write(store, updated=[replace(park(1), geometry=None)]), {0: "中橋", 2: "城山"}, {3: "城山"}),
        (lambda: write(store, deleted=[0, 3]), {2: "城山"}, {}),
        (lambda: write(store, inserted=[park(0)]), {0: "城山", 2: "城山"}, {}),
    ]
    for change, here, elsewhere in steps:
        change()
        for service in services:
            assert (seen(service), seen(service, ELSEWHERE)) == (here, elsewhere)
    assert seen(TileService(store)) == {0: "城山", 2: "城山"}


def test_a_name_changes_with_the_tile_and_with_no_other(store: Store) -> None:
    """Of a tile where nothing changed it stays; moving away changes the old place and the new one."""
    service = TileService(store)

    def names() -> list[str]:
        return [service.generation(["park"], *tile) for tile in (CITY, STREET, ELSEWHERE, tile_at(137.3, 36.2, 16))]

    before = names()
    write(store, updated=[park(0, name="中橋")])
    after = names()
    assert [one == other for one, other in zip(before, after, strict=True)] == [False, False, True, True]
    write(store, updated=[park(0, at=FAR)])
    assert [one == other for one, other in zip(after, names(), strict=True)] == [False, False, False, True]


def test_two_processes_never_give_one_name_to_two_contents(store: Store) -> None:
    """However many changes each of them takes at once."""
    contents: dict[str, dict[int, str]] = {}
    always, sometimes = TileService(store), TileService(store)
    for number in range(12):
        feature = park(number % 3, at=FAR if number % 4 == 1 else HERE, name=f"公園{number}")
        write(
            store, updated=[feature], **({"deleted": [2], "inserted": [park(50 + number)]} if number == 2 else {})
        ) if number % 3 != 2 or number == 2 else write(store, inserted=[park(90 + number)])
        for service in [always, sometimes] if number % 5 == 0 else [always]:
            for tile in (CITY, STREET, ELSEWHERE):
                name = service.generation(["park"], *tile)
                assert contents.setdefault(name, seen(service, tile)) == seen(service, tile)


def test_many_changes_are_put_together(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the few that are read each time, and past those for which the base is made anew in the background."""
    monkeypatch.setattr(live, "MOST", (2**62, 12, 4))
    monkeypatch.setattr(live, "SMALL", 12)
    service = TileService(store)
    expected = dict(seen(service))
    for start in range(10, 50, 3):
        write(store, inserted=[park(number) for number in range(start, start + 3)], deleted=[start - 3] * (start > 10))
        expected |= dict.fromkeys(range(start, start + 3), "城山")
        expected.pop(start - 3, None)
        assert seen(service) == expected
    for thread in threading.enumerate():
        if thread.name == "tiles-park":
            thread.join(20)
    assert seen(service) == expected


def test_what_is_edited_again_and_again_leaves_nothing_behind(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither former rows nor their values, though levels are put together without reading them anew."""
    monkeypatch.setattr(live, "MOST", (2**62, 6, 2))
    service = TileService(store)
    seen(service)
    for number in range(60):
        which = number**2 % 3 if number % 7 else 2
        write(store, updated=[park(which, name=f"{number}回目の名前")])
        assert seen(service)[which] == f"{number}回目の名前"
    base, *later = service._layer("park").state(store.revision()).segments

    assert len(base.columns) - len(base.dead) + sum(map(len, later)) == len(seen(service))
    n_rows = sum(len(one.columns) for one in later)
    assert n_rows <= 8
    assert sum(len(one.columns.value_bytes) for one in later) < n_rows * 150


def test_edits_under_load_are_in_the_next_tile_of_every_thread(store: Store) -> None:
    """No tile is torn: each holds a state that was there, and none older than the edit that was committed before."""
    service, problems, newest = TileService(store), list[str](), [0]
    is_over = threading.Event()

    def look() -> None:
        while not is_over.is_set():
            least = newest[0]
            found = set(seen(service, CITY).values())
            numbers = [int(name.removeprefix("版")) for name in found if name.startswith("版")]
            if len(found) != 1 or min(numbers, default=0) < least:
                problems.append(f"{found} at {least}")

    write(store, updated=[park(number, name="版0") for number in range(3)])
    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for version in range(1, 25):
        write(store, updated=[park(number, name=f"版{version}") for number in range(3)])
        newest[0] = version
    is_over.set()
    for thread in threads:
        thread.join(30)

    assert problems == []


@pytest.mark.geopackage
def test_the_next_start_takes_the_columns_of_the_last(store: Store, tmp_path: Path, monkeypatch: Any) -> None:
    """And what changed since; a file that is cut off or of another definition is made anew, older ones are removed."""
    monkeypatch.setattr(live, "SMALL", 1)
    folder = tmp_path / "tiles"
    seen(TileService(store, folder))
    (first,) = folder.iterdir()
    write(store, updated=[park(0, name="中橋")])

    assert seen(TileService(store, folder)) == {0: "中橋", 1: "城山", 2: "城山"}
    assert list(folder.iterdir()) == [first]
    first.write_bytes(first.read_bytes()[:-1])
    assert seen(TileService(store, folder)) == {0: "中橋", 1: "城山", 2: "城山"}
    (second,) = folder.iterdir()
    assert second != first


def test_a_tile_is_packed_once(store: Store) -> None:
    """Then it is kept until it changes; who has it gets no content; where nothing is, it is empty."""
    service = TileService(store)
    found = service.answer(["park"], *STREET)

    assert found.content and gzip.decompress(found.content) == service.encode(["park"], *STREET)
    assert service.answer(["park"], *STREET).content is found.content
    assert service.answer(["park"], *STREET, known=f'W/"{found.etag}"').content is None
    assert service.answer(["park"], *ELSEWHERE).content == b""
    write(store, deleted=[1])
    assert service.answer(["park"], *STREET, known=f'W/"{found.etag}"').content


def test_each_way_of_packing_is_kept_within_the_same_bounds(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit any more is what was asked for longest ago; it is packed anew."""
    packed: list[str] = []

    def noting(content: bytes, packing: str) -> bytes:
        packed.append(packing)
        return pack(content, packing)

    monkeypatch.setattr(service_module, "pack", noting)
    service = TileService(store)

    def ask(*packings: str) -> list[str]:
        packed.clear()
        for packing in packings:
            content = service.answer(["park"], *STREET, packing=packing).content
            assert UNPACKERS[packing](content or b"") == service.encode(["park"], *STREET)
        return list(packed)

    assert ask(*PACKINGS, *PACKINGS) == list(PACKINGS)
    # Room for two of some hundred bytes beside 500 of their own.
    monkeypatch.setattr(service_module, "CACHE_BYTES", 1_500)
    write(store, updated=[park(0, name="千歳")])
    assert ask("gzip", "br", "zstd", "br", "zstd", "gzip") == ["gzip", "br", "zstd", "gzip"]


def test_a_tile_that_is_too_large_is_thinned_until_it_is_not(store: Store) -> None:
    """The limit of bytes holds for all layers of a tile together, and the counts add up."""
    write(store, inserted=[park(number, at=(137.2 + number / 9000, 36.14)) for number in range(10, 800)])
    packed = TileService(store, max_bytes=4_000).answer(["park"], *CITY).content or b""
    features = mapbox_vector_tile.decode(gzip.decompress(packed))["park"]["features"]
    roomy = TileService(store, max_bytes=20_000).answer(["park"], *CITY).content or b""

    assert 0 < len(packed) <= 4_000
    # Its size is that of what is sent: before it is packed it may be larger.
    assert len(roomy) <= 20_000 < len(gzip.decompress(roomy)) and b"n_thinned" not in gzip.decompress(roomy)
    assert sum(one["properties"]["n_thinned"] for one in features) == 793


def test_fields_can_be_asked_for_but_for_personal_ones(store: Store) -> None:
    """Whatever is asked."""
    content = TileService(store).encode(["park"], *STREET, fields=["size", "owner", "nothing"])
    (features,) = [layer["features"] for layer in mapbox_vector_tile.decode(content).values()]

    assert set(features[0]["properties"]) == {"feature_id", "label"}
    assert "甲".encode() not in content


def test_a_new_definition_is_in_the_next_tile(store: Store) -> None:
    """As are the names of its fields."""
    service = TileService(store)
    before = service.generation(["park"], *STREET), seen(service)
    with store.transact(Author("office"), at=AT) as transaction:
        transaction.put_layer(replace(LAYER, label="公園 {name}", definition_version=2))
    (layer,) = mapbox_vector_tile.decode(service.encode(["park"], *STREET)).values()

    assert layer["features"][0]["properties"]["label"] == "公園 城山"
    assert service.generation(["park"], *STREET) != before[0]


def test_layers_are_read_ahead(store: Store) -> None:
    """Nobody waits for them at the first tile; the compiled encoder is there as well."""
    service = TileService(store)
    encoder.load_kernel_in_background(prepare=service.prepare).join(120)

    assert list(service._layers) == ["park"] and encoder.kernels() is not None


def test_who_asks_while_a_change_is_taken_in_gets_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the tile that was kept, whose name no longer counts."""
    service, stamp = TileService(store), Generations.stamp
    service.answer(["park"], *STREET)

    def stamp_slowly(*arguments: Any) -> None:
        time.sleep(0.3)
        stamp(*arguments)

    monkeypatch.setattr(Generations, "stamp", stamp_slowly)
    write(store, updated=[park(0, name="中橋")])
    with ThreadPoolExecutor(2) as askers:
        first = askers.submit(service.answer, ["park"], *STREET)
        time.sleep(0.1)
        answers = [askers.submit(service.answer, ["park"], *STREET), first]
        contents = [gzip.decompress(one.result().content or b"") for one in answers]

    assert all("中橋".encode() in content for content in contents)
