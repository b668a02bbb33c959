"""`gis-capture serve` for tests: one that dies before a statement of its writer, or that breaks a rule of ours.

The statement is counted by SQLite itself, so that the kill may come between any two of them, triggers included.
"""

import argparse
import hashlib
import itertools
import json
import os
import signal
from pathlib import Path

from flask import Flask

from gis_capture.server import serving
from gis_capture.server.app import create_app
from gis_capture.store.tables.sync import SyncTables
from gis_capture.sync.attachments import AttachmentFolder
from gis_capture.sync.intake import Intake
from gis_capture.workspace import Workspace
from gis_capture.workspace.reserve import keep_reserve

PLAN = "FAULTS_PLAN"
BREAKS = ("drops conflicts", "swallows an edit", "spoils photos")


def load(path: str) -> Flask:
    """Makes the app in the process that serves it; named by the server in place of its own."""
    plan = json.loads(os.environ[PLAN])
    if plan["breaks"]:
        break_rule(plan["breaks"])
    workspace = Workspace.open(path)
    if plan["kill_at"]:
        die_before(workspace, plan["kill_at"])
    keep_reserve(workspace.folder.cache_dir)
    return create_app(workspace)


def die_before(workspace: Workspace, number: int) -> None:
    """Kills this server, all its processes, before a statement of the store's writer."""
    statements = itertools.count(1)

    def count(_: str) -> None:
        if next(statements) == number:
            os.killpg(0, signal.SIGKILL)

    workspace.store._writer.set_trace_callback(count)  # type: ignore[attr-defined]


def break_rule(name: str) -> None:
    """Makes the program do what it must never do."""
    assert name in BREAKS
    if name == "drops conflicts":
        SyncTables.put_conflict = lambda self, conflict: None  # type: ignore[method-assign]
    elif name == "swallows an edit":
        settle, count = Intake.settle, itertools.count(1)

        def process(self, pushed, *, waits=True):  # type: ignore[no-untyped-def]
            if next(count) % 3:
                receipt = self._judge(pushed, waits=waits)
            else:
                with self.applier.transaction.savepoint():
                    receipt = self._judge(pushed, waits=waits)
                    stored = self.applier.transaction.feature(pushed.body["layer"], pushed.body["feature_id"])
                    if receipt.status == "applied" and stored is not None:
                        self.applier.transaction.delete(stored.layer, stored.feature_id)
            settle(self, pushed, receipt)
            return receipt

        Intake.process = process  # type: ignore[method-assign]
    else:
        finish = AttachmentFolder._finish

        def spoil(self, sha256: str, part: Path) -> None:  # type: ignore[no-untyped-def]
            whole = part.read_bytes()
            assert hashlib.sha256(whole).hexdigest() == sha256
            finish(self, sha256, part)
            self.path(sha256).write_bytes(whole[:-1] + b"?")

        AttachmentFolder._finish = spoil  # type: ignore[method-assign]


def main() -> None:
    """Serves a workspace."""
    parser = argparse.ArgumentParser()
    parser.add_argument("workspace", type=Path)
    parser.add_argument("port", type=int)
    parser.add_argument("--kill-at", type=int, default=0)
    parser.add_argument("--break", dest="breaks", default="")
    given = parser.parse_args()
    os.environ[PLAN] = json.dumps({"kill_at": given.kill_at, "breaks": given.breaks})
    from tests.faults import broken_server

    serving._load = broken_server.load
    serving.serve(given.workspace, port=given.port)


if __name__ == "__main__":
    main()
