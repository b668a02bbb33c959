"""Lets 200 tablets browse and sync with one server: `python -m tests.faults.soak_server --minutes 10`.

It prints errors, how long things took, and the memory of the server every two minutes; then everything is looked
through. The exit code is 1 where there was an error or anything is lost.
"""

import argparse
import multiprocessing
import sys
import tempfile
import time
from pathlib import Path

from gis_capture.workspace import Workspace
from tests.faults.crews import Crews
from tests.faults.oracle import complaints
from tests.server.processes import Asking, serving
from tests.sync.tablets import LAMP, POLE, fill, lamp

MARK_S = 120
N_LAMPS = 2_000
N_CLIENTS = 4
"""Processes in which the tablets live."""


def main() -> None:
    """Runs it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long")
    parser.add_argument("--tablets", type=int, default=200, help="how many")
    parser.add_argument("--workers", type=int, default=1, help="processes that serve")
    parser.add_argument("--pause", type=float, default=30.0, help="seconds between two rounds of a tablet at most")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "w"
        with Workspace.create(path) as made:
            fill(
                made.store, *(lamp(f"f{number}", number=f"N-{number}") for number in range(2_000)), layers=(POLE, LAMP)
            )
        with serving(path, workers=given.workers) as asking:
            crews = _live(asking, given)
        found = complaints(path, [one for crew in crews for one in crew.tablets], _all(crews), [])
    errors = [f"{n} × {what}" for crew in crews for what, n in crew.errors.items()]
    print(*errors[:20], *found[:20], sep="\n")
    print(f"{len(errors)} errors, {len(found)} complaints, {len(_all(crews)):,} values captured")
    sys.exit(1 if errors or found else 0)


def _live(asking: Asking, given: argparse.Namespace) -> list[Crews]:
    """Lets the tablets live in processes of their own; prints figures."""
    n_each = -(-given.tablets // N_CLIENTS)
    with multiprocessing.get_context("spawn").Pool(N_CLIENTS) as pool:
        ones = (asking.port, n_each, given.pause, given.minutes * 60)
        lives = pool.starmap_async(_crew, [(number, *ones) for number in range(N_CLIENTS)])
        began, marks = time.monotonic(), [_memory_mib(asking)]
        while not lives.ready() and time.monotonic() - began < given.minutes * 60:
            lives.wait(5)
            if time.monotonic() - began >= MARK_S * len(marks):
                marks.append(_memory_mib(asking))
        marks.append(_memory_mib(asking))
        crews: list[Crews] = lives.get()
    for crew in crews:
        crew.settle()
    print(f"memory every {MARK_S} s, and at the end: {', '.join(f'{mib:.0f}' for mib in marks)} MiB")
    for name in ("tile", "features", "push", "photo", "pull"):
        took = sorted(one for crew in crews for one in crew.took_s.get(name, []))
        if took:
            p50, p99 = (took[int(share * (len(took) - 1))] * 1000 for share in (0.5, 0.99))
            print(
                f"{name:9} {len(took):7,} times  p50 {p50:6.0f} ms  p99 {p99:6.0f} ms  longest {took[-1] * 1000:6.0f}"
            )
    return crews


def _crew(number: int, port: int, n_tablets: int, pause_s: float, seconds: float) -> Crews:
    crews = Crews(port, n_tablets, pause_s=pause_s, name=f"crew-{number}")
    with crews.at_work():
        time.sleep(seconds)
    crews.settle()
    return crews


def _memory_mib(asking: Asking) -> float:
    """What the processes that serve take, without what they share."""
    n_kib = 0
    for pid in asking.workers():
        told = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        n_kib += next(int(line.split()[1]) for line in told if line.startswith("Pss:"))
    return n_kib / 1024


def _all(crews: list[Crews]) -> set[str]:
    return set().union(*(crew.captured for crew in crews))


if __name__ == "__main__":
    main()
