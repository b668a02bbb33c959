"""500 changes pulled from a layer of 1,000,000 features, beside the same pull from one of 10,000.

The cost must hang on what changed and not on the layer: the small layer is the peer. So is pyogrio, which has to read
`revision > n` from the same file as any program would that keeps no history.
"""

import gzip
import json
import os
import statistics
import tempfile
import time
import uuid
from pathlib import Path

import pyogrio

from benchmarks._serving import LAYER, Served, ask, feature_id, make_workspace, n_runs, serving

N_CHANGES = 500
SIZES = (10_000, 1_000_000)


def main() -> None:
    """Prints milliseconds of the pull and of the push before it for both sizes, and their ratio."""
    largest = int(os.environ.get("BENCHMARK_FEATURES", SIZES[1]))
    medians = {}
    for n_features in (SIZES[0], largest):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "w"
            make_workspace(path, n_features)
            with serving(path) as served:
                push_ms = _push(served, n_features)
                pulls = [_pull_ms(served, since=1) for _ in range(n_runs(15))]
                areas = [_pull_ms(served, since=1, more="&bbox=137,36,137.1,36.1") for _ in range(n_runs(15))]
            others = [_pyogrio_ms(path / "layers.gpkg") for _ in range(n_runs(3))]
        pull_ms, area_ms, other_ms = map(statistics.median, (pulls, areas, others))
        medians[n_features] = pull_ms
        print(
            f"{n_features:>9,} features: pull of {N_CHANGES} changes {pull_ms:6.1f} ms, of an area {area_ms:6.1f} ms,"
            f" push of them {push_ms:6.1f} ms; pyogrio {other_ms:6.1f} ms, {other_ms / pull_ms:.1f} × ours"
        )
    print(f"the large layer takes {medians[largest] / medians[SIZES[0]]:.2f} × the time of the small one")


def _push(served: Served, n_features: int) -> float:
    changes = [
        {
            "change_id": str(uuid.uuid4()),
            "layer": LAYER,
            "feature_id": feature_id(number * (n_features // N_CHANGES)),
            "kind": "update",
            "base_revision": 1,
            "fields": {"status": {"old": "点灯", "new": "球切れ"}},
        }
        for number in range(N_CHANGES)
    ]
    message = {"format": "gis-capture.push/v1", "device_id": "t1", "changes": changes}
    start = time.perf_counter()
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    status, body = ask(served.port, "POST", "/sync/push", gzip.compress(json.dumps(message).encode()), headers)
    seconds = time.perf_counter() - start
    assert status == 200 and {one["status"] for one in json.loads(body)["receipts"]} == {"applied"}, body[:500]
    return seconds * 1000


def _pull_ms(served: Served, *, since: int, more: str = "") -> float:
    start = time.perf_counter()
    path = f"/sync/pull?layers={LAYER}&since={since}{more}"
    status, body = ask(served.port, "GET", path, headers={"Accept-Encoding": "gzip"})
    lines = gzip.decompress(body).splitlines()
    seconds = time.perf_counter() - start
    assert status == 200 and len(lines) == N_CHANGES + 3, len(lines)
    return seconds * 1000


def _pyogrio_ms(path: Path) -> float:
    start = time.perf_counter()
    found = pyogrio.read_dataframe(path, layer=LAYER, where="revision > 1")
    assert len(found) == N_CHANGES
    return (time.perf_counter() - start) * 1000
