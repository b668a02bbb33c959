"""Figures of the running server for Prometheus: what is asked, how it is answered and how long it takes.

Each app has a registry of its own. Labels name areas of the HTTP contract, never a layer, an id or a person.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from tempfile import TemporaryDirectory
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from gis_capture.server.daily_backup import last_backup
from gis_capture.sync.conflicts import list_conflicts
from gis_capture.sync.office import list_waiting
from gis_capture.workspace import Workspace

Start = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], Start], Iterable[bytes]]
METRICS = "gis_capture_metrics"
TOGETHER = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """Counts what an app answers.

    Args:
        app: What answers.
        workspace: What it serves.
        areas: First parts of the paths that the app knows; the others are counted as "other".
    """

    def __init__(self, app: Wsgi, workspace: Workspace, areas: Iterable[str]) -> None:
        self._app, self._areas = app, frozenset(areas)
        self._registry = CollectorRegistry()
        self._answers = Counter(
            "gis_capture_requests",
            "Answers by area, method and status",
            ("area", "method", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "gis_capture_request_seconds",
            "Time until an answer begins",
            ("area",),
            buckets=BUCKETS_S,
            registry=self._registry,
        )
        self._of_workspace = _OfWorkspace(workspace)
        # Finding the figure of some labels takes longer than counting.
        self._figures = lru_cache(1_000)(
            lambda *labels: (self._seconds.labels(labels[0]), self._answers.labels(*labels))
        )

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        """Answers a request, and counts it."""
        began = time.perf_counter()
        area = environ["PATH_INFO"].lstrip("/").partition("/")[0] or "office"
        area = area if area in self._areas else "other"
        method = environ["REQUEST_METHOD"] if environ["REQUEST_METHOD"] in ("GET", "HEAD", "POST", "PUT") else "other"

        def start(status: str, *arguments: Any) -> Any:
            seconds, answers = self._figures(area, method, status[:3])
            seconds.observe(time.perf_counter() - began)
            answers.inc()
            return start_response(status, *arguments)

        return self._app(environ, start)

    def text(self) -> bytes:
        """All figures in the text format of Prometheus; where several processes serve, those of all of them."""
        registry = CollectorRegistry()
        if TOGETHER in os.environ:
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        else:
            registry.register(self._registry)
        registry.register(self._of_workspace)
        return generate_latest(registry)


@contextmanager
def counted_together(n_workers: int) -> Iterator[None]:
    """Lets processes that are begun in the block count into files, which each of them reads."""
    if n_workers == 1:
        yield
        return
    with TemporaryDirectory(prefix="gis-capture-metrics-") as folder:
        # As prometheus_client does when it is loaded and finds the variable.
        os.environ[TOGETHER] = folder
        values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]
        try:
            yield
        finally:
            del os.environ[TOGETHER]
            values.ValueClass = values.MutexValue


class _OfWorkspace(Collector):
    """What is in the workspace at the moment."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def collect(self) -> Iterable[GaugeMetricFamily]:
        store = self._workspace.store
        yield GaugeMetricFamily("gis_capture_revision", "Newest revision of the store", store.revision())
        features = GaugeMetricFamily("gis_capture_features", "Features of a layer", labels=["layer"])
        for layer in store.layers():
            features.add_metric([layer.key], store.count(layer.key))
        yield features
        yield GaugeMetricFamily("gis_capture_open_conflicts", "Conflicts to be settled", len(list_conflicts(store)))
        yield GaugeMetricFamily(
            "gis_capture_waiting_changes", "Changes that wait for the office", len(list_waiting(store))
        )
        latest = last_backup(self._workspace)
        at_s = datetime.fromisoformat(latest).timestamp() if latest else 0
        yield GaugeMetricFamily(
            "gis_capture_last_backup_timestamp_seconds", "When the newest backup was made; 0 = never", at_s
        )
