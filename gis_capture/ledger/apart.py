"""Runs what may hang or fill the memory in a process of its own, with limits of time, memory and output."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from gis_capture.cores import all_cores

_LOOK_S = 0.25
_WAITING_FACTOR = 10 if os.name == "posix" else 3


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended; `is_late` when its time was up, and `output` is then what it had written so far."""

    returncode: int
    output: bytes
    errors: str
    is_late: bool = False


def run_apart(
    command: Sequence[str],
    *,
    cpu_s: float,
    memory_bytes: int,
    output_bytes: int = 512 << 20,
    environ: Mapping[str, str] | None = None,
    is_wanted: Callable[[], bool] = lambda: True,
) -> Ended:
    """Runs a command to its end, or until nobody wants it; on Windows only the waiting time is limited.

    Args:
        command: Program and arguments; no shell.
        cpu_s: Seconds of work; a busy computer may take ten times as long.
        memory_bytes: Address space.
        output_bytes: What it may write.
        environ: Environment variables beside those of this process.
        is_wanted: Asked a few times a second.

    Raises:
        OSError: The program cannot be started.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        with all_cores():
            child = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=errors,
                env={**os.environ, **(environ or {})},
                preexec_fn=_limiter(cpu_s, memory_bytes, output_bytes),
            )
        deadline = time.monotonic() + cpu_s * _WAITING_FACTOR
        try:
            while not (is_late := time.monotonic() > deadline) and is_wanted():
                with suppress(subprocess.TimeoutExpired):
                    child.wait(min(_LOOK_S, cpu_s * _WAITING_FACTOR))
                    break
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
        is_late = is_late or child.returncode == -getattr(_signals(), "SIGXCPU", 0) != 0
        out.seek(0)
        errors.seek(0)
        return Ended(child.returncode, out.read(), errors.read(100_000).decode("utf-8", "replace"), is_late)


def _signals() -> object:
    import signal

    return signal


def _limiter(cpu_s: float, memory_bytes: int, output_bytes: int) -> Callable[[], None] | None:
    if sys.platform == "win32":
        return None
    import resource

    seconds = int(cpu_s) + 1

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_FSIZE, (output_bytes, output_bytes))
        # Nothing may be taken back that the process we are in has been denied.
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        room = memory_bytes if most == resource.RLIM_INFINITY else min(memory_bytes, most)
        resource.setrlimit(resource.RLIMIT_AS, (room, room))

    return limit
