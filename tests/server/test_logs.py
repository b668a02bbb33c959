"""The server's log: what was asked and what failed, and nothing of what a ledger holds."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gis_capture.errors import StoreError
from gis_capture.server.logs import LOGGER, NAME, ConsoleLines, start_log
from gis_capture.text import Text
from tests.server.conftest import LAYER

OWNER = "高山太郎"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """A log that has begun."""
    root = logging.getLogger(LOGGER)
    before, level = list(root.handlers), root.level
    start_log(tmp_path / "logs")
    yield tmp_path / "logs" / NAME
    for handler in [one for one in root.handlers if one not in before]:
        root.removeHandler(handler)
        handler.close()
    root.propagate = True
    root.setLevel(level)


def lines(log: Path) -> list[dict[str, object]]:
    """The entries."""
    return [json.loads(line) for line in log.read_text("utf-8").splitlines()]


def test_what_writes_or_is_refused_is_noted_by_its_route(log: Path, client: FlaskClient) -> None:
    """Looking at layers is not; the values in an address are not."""
    client.get("/layers")
    client.get(f"/layers/{LAYER}/features?text={OWNER}&limit=-1")
    client.post("/sync/push", data=f'{{"owner": "{OWNER}"', content_type="application/json")
    found = lines(log)

    assert [(one["method"], one["route"]) for one in found] == [
        ("GET", "features.list_features"),
        ("POST", "sync.take_push"),
    ]
    assert all(isinstance(one["status"], int) and one["status"] >= 400 and "ms" in one for one in found)
    assert OWNER not in log.read_text("utf-8") and log.stat().st_mode & 0o077 == 0


def test_an_error_is_noted_by_its_kind_and_place_alone(log: Path, app: Flask, client: FlaskClient) -> None:
    """The words of an error may quote a value, and so may what caused it."""

    def fail() -> str:
        try:
            raise ValueError(OWNER)
        except ValueError as error:
            raise StoreError(Text(OWNER, OWNER), code="layer_broken") from error

    app.view_functions["layers.list_layers"] = fail
    assert client.get("/layers").status_code == 503
    failed, asked = lines(log)

    assert failed["error"] == ["StoreError (layer_broken)", "ValueError"] and failed["level"] == "error"
    assert any("test_logs.py" in place for place in failed["at_lines"]), failed  # type: ignore[attr-defined]
    assert asked["status"] == 503 and OWNER not in log.read_text("utf-8")


def test_the_console_tells_no_words_of_an_error_either() -> None:
    """A service manager keeps what stands there, for more people than the log of the server is for."""
    try:
        raise ValueError(OWNER)
    except ValueError:
        record = logging.LogRecord("gis_capture", logging.ERROR, __file__, 1, "went wrong", (), sys.exc_info())
    told = ConsoleLines().format(record)

    assert told.startswith("went wrong\nValueError\n") and "test_logs.py:" in told and OWNER not in told


def test_a_folder_that_cannot_be_written_keeps_nobody_from_serving(tmp_path: Path) -> None:
    """It is said on the console."""
    (tmp_path / "logs").write_text("a file")
    start_log(tmp_path / "logs")

    assert (tmp_path / "logs").read_text() == "a file"


WRITING = """
import sys
from pathlib import Path
from gis_capture.server import logs
logs.MAX_BYTES, logs.N_FILES = 4_000, 20
logs.start_log(Path(sys.argv[1]))
for number in range(60):
    logs.logger.info("request", extra={"request": {"from": f"{sys.argv[2]}-{number}"}})
"""


@pytest.mark.skipif(sys.platform != "linux", reason="on Windows one process writes")
def test_a_full_log_is_put_aside_by_whichever_process_finds_it_so(tmp_path: Path) -> None:
    """Several write at once: no line is lost, cut or twice, and files are about as large as they may be."""
    command = [sys.executable, "-c", WRITING, str(tmp_path)]
    writers = [subprocess.Popen([*command, name]) for name in "ab"]
    assert [one.wait(60) for one in writers] == [0, 0]
    files = sorted(tmp_path.glob(f"{NAME}*"))

    written = [str(line["from"]) for file in files for line in lines(file)]
    assert len(files) > 2 and all(file.stat().st_size < 5_000 for file in files)
    assert sorted(written) == sorted(f"{name}-{number}" for name in "ab" for number in range(60))
