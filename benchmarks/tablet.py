"""The tablet app in a real browser: its size, taking features along, searching, a second start, editing, memory.

The second start without the server is measured beside a page of `web/benchmarks` with nothing but the same map. Needs
a browser (`python tests/e2e/browser.py`) and the built app (`just web`). BENCHMARK_FEATURES is how many are taken
along, BENCHMARK_STORED how many lie on the tablet while it starts and edits, BENCHMARK_PARTS which parts are run.
"""

import gzip
import json
import os
import re
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyogrio
from playwright.sync_api import CDPSession, Page, Playwright, Route, expect, sync_playwright

from benchmarks._bare_map import serving_files
from benchmarks._serving import LAYER, make_workspace, n_runs, serving
from gis_capture.resources import sample_data_dir
from gis_capture.workspace import Workspace
from tests.e2e.browser import HELP, find_browser
from tests.e2e.serving import CHECKOUT_DIR
from tests.e2e.tablet import LANDSCAPE, Tablet, tablet

SLOWDOWN = 6
N_EDITS = int(os.environ.get("BENCHMARK_EDITS", "100"))
N_PANS = 2 * N_EDITS
PATIENCE_MS = 300_000
WEB_DIR = CHECKOUT_DIR / "web"
CLOCK = WEB_DIR / "benchmarks" / "clock.js"
# Over the middle of the sample's base map, where single lights are drawn.
VIEW = (137.2526, 36.1461, 15.0)


def main() -> None:
    """Prints each figure, its aim, and the ratio to the peer where there is one."""
    browser_path = find_browser()
    if browser_path is None:
        raise SystemExit(HELP)
    expect.set_options(timeout=PATIENCE_MS)
    parts: dict[str, Callable[[Playwright, str], None]] = {"shell": _shell, "large": _large, "day": _day}
    with sync_playwright() as playwright:
        for name in os.environ.get("BENCHMARK_PARTS", ",".join(parts)).split(","):
            parts[name](playwright, browser_path)


def _tell(what: str, value: float, unit: str, aim: float, more: str = "") -> None:
    print(f"{what:<58}{value:9.2f} {unit:<3} aim {aim:g} {unit}{more}", flush=True)


def _shell(_playwright: Playwright, _browser_path: str) -> None:
    dist = WEB_DIR / "dist"
    listed = re.search(r"FILES ?= ?(\[.*?\])", (dist / "tablet" / "service-worker.js").read_text(encoding="utf-8"))
    assert listed is not None, "the service worker has no list of files"
    paths = [dist / path.strip("/") for path in json.loads(listed.group(1))]
    files = [path / "index.html" if path.is_dir() else path for path in paths]
    n_bytes = sum(len(gzip.compress(path.read_bytes(), 9)) for path in files)
    _tell("application shell, gzip", n_bytes / 1000, "kB", 700)


def _large(playwright: Playwright, browser_path: str) -> None:
    n_features = int(os.environ.get("BENCHMARK_FEATURES", "100000"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        make_workspace(path / "w", n_features)
        with (
            serving(path / "w") as served,
            tablet(playwright, browser_path, path / "p", f"http://localhost:{served.port}", viewport=LANDSCAPE) as crew,
        ):
            _prepare(crew)
            _choose(crew)
            cuts = _cut_after(crew.page, 0.5, n_features)
            begun = time.perf_counter()
            crew.tap("outing-start")
            expect(crew.part("outing-trouble")).to_be_visible()
            cut_s = time.perf_counter() - begun
            crew.page.context.unroute("**/sync/pull?**")
            begun = time.perf_counter()
            crew.tap("outing-start")
            expect(crew.part("checklist")).to_be_visible()
            resumed_s = time.perf_counter() - begun
            more = f"; cut after {cuts['n']} pages, {cut_s:.1f} s before and {resumed_s:.1f} s after"
            _tell(f"{n_features:,} features fetched, stored, indexed", cut_s + resumed_s, "s", 15, more)
            crew.tap("setup-finish")
            crew.tap("tour-skip")
            crew.expect_map()
            crew.tap("button-list")
            expect(crew.part("list-row").first).to_be_visible()
            texts = ["A-0000500", "500号", "見本市本町77番地", "ｂ", "a0012", "点灯 本町500"]
            asked = [crew.page.evaluate("(text) => clock.search(text)", text) for text in texts * n_runs(2)]
            times, frozen = zip(*asked, strict=True)
            more = f", worst {max(times):.0f}; the page answers after {max(frozen):.0f} ms at worst"
            _tell(f"search over {n_features:,}, median", statistics.median(times), "ms", 300, more)


def _day(playwright: Playwright, browser_path: str) -> None:
    n_stored = int(os.environ.get("BENCHMARK_STORED", "50000"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        make_workspace(path / "w", n_stored)
        with Workspace.open(path / "w") as workspace:
            workspace.add_basemap(sample_data_dir() / "basemap", name="sample", attribution="GIS Capture sample data")
        with (
            serving(path / "w") as served,
            tablet(playwright, browser_path, path / "p", f"http://localhost:{served.port}", viewport=LANDSCAPE) as crew,
        ):
            _prepare(crew)
            crew.set_up(LAYER)
            crew.wait_until_kept()
            _set_view(crew)
        with (
            serving_files(_bare_files(path / "w")) as bare_url,
            tablet(playwright, browser_path, path / "p", f"http://localhost:{served.port}", viewport=LANDSCAPE) as crew,
        ):
            _prepare(crew)
            _second_start(crew, bare_url, n_stored)
            _edits(crew, bare_url, n_stored)
            _memory(crew)


def _prepare(crew: Tablet) -> None:
    crew.page.set_default_timeout(PATIENCE_MS)
    crew.page.context.add_init_script(path=CLOCK)
    crew.complaints.allow(".*")
    crew.open()


def _choose(crew: Tablet) -> None:
    crew.part("author").fill("1班")
    crew.tap("setup-next")
    expect(crew.part(f"layer-take-{LAYER}").locator("input")).to_be_checked()


def _cut_after(page: Page, share: float, n_features: int) -> dict[str, int]:
    """Lets the line drop after a share of the features has come; counts the pages until then."""
    counted = {"n": 0}
    most = max(1, int(share * n_features / 2000))

    def serve(route: Route) -> None:
        if counted["n"] >= most:
            route.abort()
        else:
            counted["n"] += 1
            route.continue_()

    page.context.route("**/sync/pull?**", serve)
    return counted


def _set_view(crew: Tablet) -> None:
    lon, lat, zoom = VIEW
    crew.tap("button-list")
    crew.part("list-search").fill(f"{lat}, {lon}")
    crew.tap("list-place")
    crew.expect_map()
    for _ in range(8):
        crew.tap("map-zoom-out" if zoom < 17 else "map-zoom-in")
        crew.expect_map()
        zoom += 1
        if zoom >= 17:
            break
    crew.page.wait_for_timeout(500)


def _second_start(crew: Tablet, bare_url: str, n_stored: int) -> None:
    lon, lat, zoom = VIEW
    ours, bare = [], []
    for _ in range(n_runs(5)):
        ours.append(_seconds_to_use(crew.page, f"{crew.url}/tablet/"))
        bare.append(_seconds_to_use(crew.page, f"{bare_url}/bare.html?view={lon},{lat},{zoom}"))
    ratio = statistics.median(ours) / statistics.median(bare)
    more = f"; {statistics.median(ours):.2f} s, bare MapLibre {statistics.median(bare):.2f} s"
    _tell(f"second start without the server, {n_stored:,} features", ratio, "×", 1.5, more)


def _seconds_to_use(page: Page, url: str) -> float:
    page.goto("about:blank")
    page.goto(url)
    page.wait_for_function("() => clock.usableMs !== null", timeout=PATIENCE_MS)
    return float(page.evaluate("() => clock.usableMs")) / 1000


def _bare_files(workspace: Path) -> dict[str, bytes]:
    modules = WEB_DIR / "node_modules"
    maplibre = [path for path in (modules / "maplibre-gl" / "dist").iterdir() if path.suffix in (".mjs", ".css")]
    files = {f"/{path.name}": path.read_bytes() for path in [*maplibre, modules / "pmtiles" / "dist" / "pmtiles.js"]}
    points = pyogrio.read_dataframe(workspace / "layers.gpkg", layer=LAYER, columns=["ledger_number"]).to_json()
    (pack,) = (workspace / "packs").glob("*.pmtiles")
    bare = (WEB_DIR / "benchmarks" / "bare.html").read_bytes()
    return files | {"/bare.html": bare, "/points.geojson": points.encode(), "/pack.pmtiles": pack.read_bytes()}


def _edits(crew: Tablet, bare_url: str, n_stored: int) -> None:
    session = crew.page.context.new_cdp_session(crew.page)
    _seconds_to_use(crew.page, f"{bare_url}/bare.html?view={','.join(map(str, VIEW))}")
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    bare = statistics.median(_bare_tap(crew.page) for _ in range(n_runs(7)))
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    # A place is not shown on a map that is still being made: the tap on it would hit nothing.
    _seconds_to_use(crew.page, f"{crew.url}/tablet/")
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    times = [_edit(crew, number) for number in range(n_runs(7))]
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    slow = f"({SLOWDOWN}× slower, {n_stored:,} stored)"
    for what, aim, found in zip(("tap to form", "save"), (100, 150), zip(*times, strict=True), strict=True):
        ratio = statistics.median(found) / bare
        more = f", worst {max(found):.0f}; {ratio:.2f} × a tap on bare MapLibre, {bare:.0f} ms"
        _tell(f"{what} {slow}, median", statistics.median(found), "ms", aim, more)


def _bare_tap(page: Page) -> float:
    """A tap on the peer's map; milliseconds until it is answered."""
    page.wait_for_timeout(500)
    page.evaluate("() => document.querySelector('aside')?.remove()")
    page.wait_for_timeout(500)
    return _milliseconds(page, "sheet", lambda: page.touchscreen.tap(300, 300))


def _milliseconds(page: Page, testid: str, act: Callable[[], None]) -> float:
    """From a tap until a part is on the screen."""
    waiting = page.evaluate_handle("(testid) => ({ answer: clock.untilPainted(testid) })", testid)
    act()
    return float(waiting.evaluate("(waiting) => waiting.answer"))


def _edit(crew: Tablet, number: int) -> tuple[float, float]:
    """Taps a light on the map, changes it and saves; milliseconds until the form and until it is said to be saved."""
    crew.tap("button-list")
    crew.part("list-row").nth(number % 20).tap()
    crew.expect_map()
    crew.tap("button-close")
    crew.expect_map()
    box = crew.part("map").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    shown = _milliseconds(crew.page, "sheet", lambda: crew.page.touchscreen.tap(x, y))
    crew.write("location_note", f"見本市本町{number}番地の{time.perf_counter_ns()}")
    crew.page.wait_for_timeout(300)
    return shown, _milliseconds(crew.page, "toast", lambda: crew.tap("button-save"))


def _memory(crew: Tablet) -> None:
    session = crew.page.context.new_cdp_session(crew.page)
    for number in range(10):
        _edit(crew, number)
    before = _heap_mib(session)
    for number in range(N_EDITS):
        _edit(crew, number)
    for number in range(N_PANS):
        crew.page.locator(".maplibregl-canvas").focus()
        crew.page.keyboard.press(("ArrowRight", "ArrowLeft")[number // 5 % 2])
        crew.page.wait_for_timeout(100)
    crew.expect_map()
    after = _heap_mib(session)
    more = f"; {before:.0f} → {after:.0f} MiB"
    _tell(f"memory after {N_PANS} pans and {N_EDITS} edits", after / before, "×", 1.1, more)


def _heap_mib(session: CDPSession) -> float:
    session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"]) / 2**20
