"""The server's log: a JSON object a line in `logs/server.jsonl` of the workspace, a few files of a bounded size.

No value of a ledger, name of a person or query of an address gets into it: of an error there are its kind and where in
the program it arose, not its words.
"""

import json
import logging
import os
import time
import traceback
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any

from flask import Flask, Response, g, request

from gis_capture.durability import held

NAME = "server.jsonl"
MAX_BYTES = 5_000_000
N_FILES = 5
LOGGER = "gis_capture"
logger = logging.getLogger(f"{LOGGER}.requests")


class JsonLines(logging.Formatter):
    """One JSON object a record."""

    def format(self, record: logging.LogRecord) -> str:
        """Gives instant, level, place and words; of an exception its kinds and the lines that led to it."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        entry: dict[str, object] = {
            "at": at,
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": str(record.msg),
        }
        entry |= getattr(record, "request", {})
        if record.exc_info and record.exc_info[1] is not None:
            entry["error"] = _kinds(record.exc_info[1])
            entry["at_lines"] = _places(record.exc_info[2])
        return json.dumps(entry, ensure_ascii=False)


class ConsoleLines(logging.Formatter):
    """Words, and of an exception its kinds and places: a service manager keeps what stands on the console."""

    def formatException(self, ei: Any) -> str:
        """Gives them, a line each."""
        return "\n".join([": ".join(_kinds(ei[1])), *(f"  {place}" for place in _places(ei[2]))])


class SharedLog(RotatingFileHandler):
    """A log that several processes write; whoever finds it full puts it aside, and the others follow."""

    def emit(self, record: logging.LogRecord) -> None:
        """Writes a line into the file that has the name now."""
        try:
            self._follow()
            if self.shouldRollover(record):
                with held(Path(self.baseFilename).with_suffix(".lock"), n_tries=20) as is_ours:
                    self._follow()
                    if is_ours and self.shouldRollover(record):
                        self.doRollover()
            logging.FileHandler.emit(self, record)
        except Exception:
            self.handleError(record)

    def _follow(self) -> None:
        """Opens the file anew where another process has put it aside."""
        if os.name != "posix" or self.stream is None:
            # On Windows one process writes, and nobody can put an open file aside.
            return
        here = os.fstat(self.stream.fileno())
        try:
            there = os.stat(self.baseFilename)
            is_same = (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)
        except FileNotFoundError:
            is_same = False
        if not is_same:
            self.stream.close()
            self.stream = self._open()

    def _open(self) -> Any:
        stream = super()._open()
        os.chmod(self.baseFilename, 0o600)
        return stream


def start_log(folder: Path) -> None:
    """Begins to write the log of this process into a folder; where that cannot be written, the server goes on."""
    try:
        folder.mkdir(exist_ok=True)
        handler = SharedLog(folder / NAME, maxBytes=MAX_BYTES, backupCount=N_FILES - 1, encoding="utf-8")
    except OSError:
        logging.getLogger(LOGGER).warning("The log cannot be written.", exc_info=True)
        return
    handler.setFormatter(JsonLines())
    root = logging.getLogger(LOGGER)
    root.setLevel(logging.INFO)
    root.addHandler(handler)
    # Beside the file, warnings stay on the console.
    console = logging.StreamHandler()
    console.setLevel(logging.WARNING)
    console.setFormatter(ConsoleLines())
    root.addHandler(console)
    root.propagate = False


def init_app(app: Flask) -> None:
    """Logs every request that writes, is refused or fails: its route, not its address."""

    @app.before_request
    def begin() -> None:
        g.began_s = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        if request.method not in ("GET", "HEAD") or response.status_code >= 400:
            took_s = time.perf_counter() - g.get("began_s", time.perf_counter())
            about = {"method": request.method, "route": request.endpoint or "", "status": response.status_code}
            about |= {"ms": round(took_s * 1000), "from": request.remote_addr or ""}
            logger.info("request", extra={"request": about})
        return response


def _places(trace: TracebackType | None) -> list[str]:
    """The lines of programs that led to an error, the innermost last."""
    return [f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in traceback.extract_tb(trace)[-12:]]


def _kinds(error: BaseException) -> list[str]:
    """The kinds of an error and of what caused it, outermost first."""
    found: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(found) < 5:
        code = getattr(cause, "subject", {}).get("code")
        found.append(type(cause).__name__ + (f" ({code})" if code else ""))
        cause = cause.__cause__ or cause.__context__
    return found
