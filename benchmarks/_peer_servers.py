"""The servers of peers, run over the table of `_points` or over a file of tiles; each gives its port and process."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from benchmarks._serving import START_LIMIT_S, ask

COLLECTION = "public.lights"
PYGEOAPI_COLLECTION = "lights"


@contextlib.contextmanager
def tipg(programs: Path, url: str) -> Iterator[tuple[int, int]]:
    """Runs tipg over a database; `programs` is the folder of its Python."""
    port = _free_port()
    environment = {
        # It takes the folder of a socket for a host in this form alone.
        "DATABASE_URL": f"postgresql://gis@{quote(url.partition('host=')[2], safe='')}/gis",
        "TIPG_TILE_BUFFER": "64",
        "TIPG_MAX_FEATURES_PER_TILE": "1000000",
        "TIPG_MAX_FEATURES_PER_QUERY": "10000",
    }
    command = [str(programs / "python"), "-m", "uvicorn", "tipg.main:app", "--port", str(port), "--log-level", "error"]
    with _running("tipg", command, port, f"/collections/{COLLECTION}?f=json", environment) as pid:
        yield port, pid


@contextlib.contextmanager
def pygeoapi(programs: Path, url: str) -> Iterator[tuple[int, int]]:
    """Runs pygeoapi over a database, which is the quickest of its sources, by gunicorn with four threads."""
    port = _free_port()
    with tempfile.TemporaryDirectory() as name:
        settings, openapi = Path(name, "settings.yml"), Path(name, "openapi.yml")
        # What is JSON is YAML.
        settings.write_text(json.dumps(_pygeoapi_settings(port, url.partition("host=")[2])))
        environment = {"PYGEOAPI_CONFIG": str(settings), "PYGEOAPI_OPENAPI": str(openapi)}
        command = [str(programs / "pygeoapi"), "openapi", "generate", str(settings), "--output-file", str(openapi)]
        subprocess.run(command, check=True, env=os.environ | environment, capture_output=True)
        served = [
            "-b",
            f"127.0.0.1:{port}",
            "-k",
            "gthread",
            "--threads",
            "4",
            "--log-level",
            "warning",
            "--no-control-socket",
            "pygeoapi.flask_app:APP",
        ]
        command = [str(programs / "python"), "-m", "gunicorn", *served]
        known = f"/collections/{PYGEOAPI_COLLECTION}?f=json"
        with _running("pygeoapi", command, port, known, environment) as pid:
            yield port, pid


@contextlib.contextmanager
def tileserver(packages: Path, archive: Path) -> Iterator[tuple[int, int]]:
    """Runs tileserver-gl-light over a PMTiles file; its tiles are "/data/l/{z}/{x}/{y}.pbf"."""
    port = _free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("fonts", "styles", "sprites", "icons", "files"):
            (folder / part).mkdir()
        paths = {"root": name, "pmtiles": str(archive.parent), "mbtiles": name, "fonts": "fonts", "styles": "styles"}
        settings = {"options": {"paths": paths}, "styles": {}, "data": {"l": {"pmtiles": archive.name}}}
        (folder / "config.json").write_text(json.dumps(settings))
        options = ["-c", str(folder / "config.json"), "-p", str(port), "-b", "127.0.0.1", "-s"]
        command = ["node", str(packages / "tileserver-gl-light"), *options]
        with _running("tileserver-gl-light", command, port, "/data/l.json", {}) as pid:
            yield port, pid


def _pygeoapi_settings(port: int, socket_folder: str) -> dict[str, object]:
    here, words = f"http://127.0.0.1:{port}", {"title": "t", "description": "d", "keywords": ["k"]}
    lights = {
        "type": "collection",
        **words,
        "links": [],
        "extents": {"spatial": {"bbox": [-180, -90, 180, 90], "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}},
        "providers": [
            {
                "type": "feature",
                "name": "PostgreSQL",
                "data": {"host": socket_folder, "dbname": "gis", "user": "gis", "search_path": ["public"]},
                "id_field": "fid",
                "table": "lights",
                "geom_field": "geom",
                "storage_crs": "http://www.opengis.net/def/crs/EPSG/0/3857",
            }
        ],
    }
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": here,
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "gzip": False,
            "languages": ["en-US"],
            "pretty_print": False,
            "limits": {"default_items": 10, "max_items": 10000, "on_exceed": "throttle"},
            "map": {"url": here, "attribution": "-"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {**words, "keywords_type": "theme", "terms_of_service": "-", "url": here},
            "license": {"name": "-", "url": here},
            "provider": {"name": "-", "url": here},
            "contact": {"name": "-"},
        },
        "resources": {PYGEOAPI_COLLECTION: lights},
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def _running(name: str, command: Sequence[str], port: int, known: str, environment: Mapping[str, str]) -> Iterator[int]:
    """Runs a server for a block, which begins when it answers with JSON at `known`; gives its process."""
    process = subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + START_LIMIT_S
        while not _answers(port, known):
            if process.poll() is not None:
                raise SystemExit(f"{name} ended by itself ({process.returncode}): what it said stands above")
            if time.monotonic() > deadline:
                raise SystemExit(f"{name} gives no {known} after {START_LIMIT_S} s")
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def _answers(port: int, known: str) -> bool:
    try:
        status, content = ask(port, "GET", known)
        return status == 200 and isinstance(json.loads(content), dict)
    except (OSError, http.client.HTTPException, ValueError):
        return False
