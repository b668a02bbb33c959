"""What answers requests stays on one core; what works for long, or begins threads and processes, has all of them."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from gis_capture import cores
from gis_capture.cores import LONG_S, LongWork, all_cores, background, choose_core, on_all_cores
from gis_capture.ledger.apart import run_apart
from gis_capture.model import Layer
from gis_capture.server import create_app
from gis_capture.server.context import served_by
from gis_capture.store.protocol import Author, Snapshot
from gis_capture.tiles.live import LayerState, LiveLayer
from gis_capture.workspace import Workspace
from tests.server.processes import serving

if sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2:
    pytest.skip("needs Linux and two cores", allow_module_level=True)

ALLOWED = os.sched_getaffinity(0)
ASK = "import os; print(len(os.sched_getaffinity(0)))"
LIMIT_S = 20


@contextmanager
def server_thread() -> Iterator[ThreadPoolExecutor]:
    """A thread of a server that has chosen its core; no other thread is touched."""
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(1) as thread:
        patch.setattr(cores, "_cores", cores._Cores())
        thread.submit(choose_core).result()
        try:
            yield thread
        finally:
            if cores._cores.claim:
                cores._cores.claim.close()


@pytest.fixture
def on_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadPoolExecutor]:
    """A thread of a server on a machine without others."""
    monkeypatch.setattr(cores, "_CLAIM", f"\0gis-capture-test-{os.getpid()}-{time.monotonic_ns()}-%d")
    with server_thread() as thread:
        yield thread


def allowed() -> set[int]:
    """The cores of the thread that asks."""
    return os.sched_getaffinity(0)


def in_new_thread(ask: Callable[[], set[int]]) -> set[int]:
    """What a new thread is told."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(ask).result(LIMIT_S)


def test_threads_of_requests_share_a_core(on_server: ThreadPoolExecutor) -> None:
    """Those of granian are begun by the one that loads the app."""
    one = on_server.submit(allowed).result()

    assert len(one) == 1 and one < ALLOWED
    assert on_server.submit(in_new_thread, allowed).result() == one
    assert allowed() == ALLOWED


def test_servers_choose_different_cores(on_server: ThreadPoolExecutor) -> None:
    """The second one finds the first core claimed; when all are, it takes any."""
    chosen = [on_server.submit(allowed).result()]
    with ExitStack() as stack:
        for _ in ALLOWED:
            chosen.append(stack.enter_context(server_thread()).submit(allowed).result())

    assert len({min(one) for one in chosen[:-1]}) == len(ALLOWED)
    assert len(chosen[-1]) == 1 and chosen[-1] < ALLOWED


def test_what_is_begun_has_all_cores(on_server: ThreadPoolExecutor) -> None:
    """Threads behind requests, and processes that read what may be broken; who begins them stays where it was."""

    def begin() -> tuple[set[int], bytes, set[int]]:
        with background("work") as work:
            found = work.submit(allowed).result()
        child = run_apart([sys.executable, "-c", ASK], cpu_s=20, memory_bytes=1 << 30)
        return found, child.output, allowed()

    of_thread, of_child, own = on_server.submit(begin).result()
    assert of_thread == ALLOWED
    assert int(of_child) == len(ALLOWED)
    assert len(own) == 1


def test_jobs_of_the_desks_have_all_cores(on_server: ThreadPoolExecutor, workspace: Workspace) -> None:
    """An import, a pack, a photograph, scans that are read: whoever asked for it."""
    served = served_by(create_app(workspace))
    desks: list[Any] = [served.imports, served.packs, served.rasters, served.scans, served.readings, served.scanned]
    for desk in desks:
        begun = on_server.submit(desk._worker.submit, allowed).result()
        assert begun.result() == ALLOWED


def test_columns_are_made_anew_on_all_cores(
    on_server: ThreadPoolExecutor, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request finds that much has changed, and answers on its core."""
    found, is_done, build = list[set[int]](), threading.Event(), LiveLayer._build
    live = LiveLayer(workspace.store, "street_light", None)

    def noted(self: LiveLayer, moment: Snapshot, layer: Layer) -> LayerState:
        found.append(allowed())
        is_done.set()
        return build(self, moment, layer)

    monkeypatch.setattr(LiveLayer, "_build", noted)
    monkeypatch.setattr("gis_capture.tiles.live.SMALL", 5)
    monkeypatch.setattr("gis_capture.tiles.live.MOST", (2**62, 2, 1))
    with workspace.store.transact(Author("office"), at=workspace.clock()) as transaction:
        for feature in list(workspace.store.features("street_light")):
            transaction.update(feature)
    on_server.submit(live.state, workspace.store.revision()).result()

    assert is_done.wait(LIMIT_S)
    # Before its store is closed.
    for thread in threading.enumerate():
        if thread.name == "tiles-street_light":
            thread.join(LIMIT_S)
    assert found == [ALLOWED]
    assert len(on_server.submit(allowed).result()) == 1


def test_long_work_is_spread_and_comes_back(on_server: ThreadPoolExecutor) -> None:
    """Whatever a request does: it has all cores while it goes on, and the next one is on one core again."""
    work = LongWork()
    work.watch()

    def ask() -> tuple[set[int], set[int]]:
        work.begin()
        until = time.monotonic() + LIMIT_S
        while len(allowed()) == 1 and time.monotonic() < until:
            pass
        during = allowed()
        work.end()
        return during, allowed()

    during, after = on_server.submit(ask).result()
    assert during == ALLOWED
    assert len(after) == 1


def test_waiting_is_no_work(on_server: ThreadPoolExecutor) -> None:
    """A request that waits, or many short ones one after the other, stay on the core."""
    work = LongWork()
    work.watch()

    def ask() -> bool:
        is_kept = True
        for pause_s in (5 * LONG_S, *[0.0] * 50):
            work.begin()
            time.sleep(pause_s)
            until = time.thread_time() + LONG_S / 5
            while time.thread_time() < until:
                is_kept = is_kept and len(allowed()) == 1
            work.end()
        return is_kept

    assert on_server.submit(ask).result()


def test_nothing_is_kept_where_no_core_was_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line, and computers with a single core."""
    monkeypatch.setattr(cores, "_cores", cores._Cores())
    moved = list[object]()
    monkeypatch.setattr(os, "sched_setaffinity", lambda *given: moved.append(given))
    monkeypatch.setattr(os, "sched_getaffinity", lambda thread: {3})
    choose_core()
    on_all_cores()
    with all_cores():
        pass

    assert not moved


def test_a_server_keeps_to_its_core(workspace: Workspace) -> None:
    """All threads that granian begins; those for work behind requests are on all cores."""
    path = workspace.path
    workspace.close()
    with serving(path) as ask:
        assert ask("GET", "/health")[0] == 200
        (worker,) = ask.workers()
        found = [_allowed_of(task) for task in Path(f"/proc/{worker}/task").iterdir()]

    on_one = [one for one in found if "-" not in one and "," not in one]
    assert len(set(on_one)) == 1 and len(on_one) > 2
    assert _allowed_of(Path("/proc/self")) in found


def _allowed_of(task: Path) -> str:
    lines = (task / "status").read_text().splitlines()
    return next(line.split()[1] for line in lines if line.startswith("Cpus_allowed_list"))
