"""A process that reads one damaged source after the other, with limits of memory, and says how each one ended."""

import json
import logging
import os
import resource
import select
import subprocess
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 10.0
WALL_SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the reading of one source ended: "read", "refused", or what was wrong with it."""

    outcome: str
    detail: str = ""

    @property
    def is_failure(self) -> bool:
        """Whether the reader broke its promise."""
        return self.outcome not in ("read", "refused")


class Reader:
    """Reads sources in a child; a child that hangs or dies is a failure, and the next one takes its place."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[str] | None = None

    def read(self, path: Path) -> Verdict:
        """Reads a source to its end."""
        child = self._child or self._start()
        self._child = child
        assert child.stdin is not None and child.stdout is not None
        child.stdin.write(f"{path}\n")
        child.stdin.flush()
        if not select.select([child.stdout], [], [], WALL_SECONDS)[0]:
            self.close()
            return Verdict("hang", f"no answer within {WALL_SECONDS:.0f} s")
        line = child.stdout.readline()
        if not line:
            code = child.wait()
            self._child = None
            return Verdict("death", f"the process ended with {code}")
        return Verdict(**json.loads(line))

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(Path(__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def close(self) -> None:
        """Ends the child."""
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None


def _judge(path: Path) -> Verdict:
    # Imported here, because the starting process needs none of it.
    from gis_capture.errors import CaptureError
    from gis_capture.ledger import read_ledger

    stumbles: list[str] = []
    watch = logging.Handler()
    watch.emit = lambda record: stumbles.append(watch.format(record))  # type: ignore[method-assign]
    logging.getLogger("gis_capture").handlers = [watch]
    before = sorted(os.listdir(path.parent))
    start = time.process_time()
    try:
        reading = read_ledger(path)
        for table in reading.tables:
            assert all(len(values) == len(table.row_numbers) for values in table.values), "lists of unequal length"
        verdict = Verdict("read")
    except CaptureError as error:
        verdict = Verdict("refused", error.message.ja)
    except MemoryError:
        verdict = Verdict("memory", traceback.format_exc())
    except BaseException:
        verdict = Verdict("exception", traceback.format_exc())
    seconds = time.process_time() - start
    if seconds > CPU_SECONDS and not verdict.is_failure:
        verdict = Verdict("slow", f"{seconds:.1f} s")
    if stumbles:
        verdict = Verdict("exception", stumbles[0])
    if sorted(os.listdir(path.parent)) != before:
        verdict = Verdict("written", "something was written beside the source")
    return verdict


def _serve() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    # What C libraries print must not mix with the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        verdict = _judge(Path(line.rstrip("\n")))
        answers.write(json.dumps({"outcome": verdict.outcome, "detail": verdict.detail}) + "\n")
        answers.flush()


if __name__ == "__main__":
    _serve()
