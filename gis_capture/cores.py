"""On which cores of the processor the threads of a server run (Linux; elsewhere nothing happens).

Threads that take the interpreter's lock from one another many times in a request lose most of their time where they
run on several cores, as each time one core has to wake another. So those that answer requests are kept on one core;
what works for long gets all of them back, and so does what begins threads and processes, which inherit it.
"""

import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

LONG_S = 0.1
"""What takes more of the processor's time in one go works for long."""
_CLAIM = "\0gis-capture-core-%d"
"""Name of a socket that no file belongs to, and that ends with its process; known in one network namespace."""
_TICKS = slice(11, 13)
_T = TypeVar("_T")


class _Cores:
    """Of this process: all that it may use, and the one for requests; none where they are not kept on one."""

    def __init__(self) -> None:
        self.all = frozenset[int]()
        self.one = frozenset[int]()
        self.claim: socket.socket | None = None


_cores = _Cores()


def choose_core() -> None:
    """Chooses the core for requests, one that no other server has chosen where there is one.

    The present thread, and with it those that it begins from now on, are kept there.
    """
    if sys.platform != "linux":
        return
    allowed = os.sched_getaffinity(0)
    if len(allowed) > 1:
        _cores.all, _cores.one = frozenset(allowed), frozenset({_claimed(sorted(allowed))})
        _move(0, _cores.one)


def on_all_cores() -> None:
    """Lets the present thread, and what it begins, run wherever the process may."""
    if _cores.one:
        _move(0, _cores.all)


@contextmanager
def all_cores() -> Iterator[None]:
    """Lets what is begun in the block run wherever the process may; the present thread stays where it was."""
    if sys.platform != "linux" or not _cores.one:
        yield
        return
    before = os.sched_getaffinity(0)
    _move(0, _cores.all)
    try:
        yield
    finally:
        _move(0, before)


def background(name: str) -> ThreadPoolExecutor:
    """Gives a thread for work behind requests, which runs wherever the process may, and for which its end waits."""
    return ThreadPoolExecutor(1, thread_name_prefix=name, initializer=on_all_cores)


class CutWork:
    """A thread as `background` gives it for work that is done once more where it was cut: the process ends meanwhile.

    Args:
        name: Of the thread.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._waiting: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._lock = threading.Lock()
        self._is_begun = False

    def submit(self, work: Callable[..., _T], *arguments: Any) -> "Future[_T]":
        """Has it done after what was asked for before."""
        future: Future[_T] = Future()

        def run() -> None:
            try:
                future.set_result(work(*arguments))
            except BaseException as error:
                future.set_exception(error)

        self._waiting.put(run)
        with self._lock:
            if not self._is_begun:
                self._is_begun = True
                threading.Thread(target=self._work, name=self._name, daemon=True).start()
        return future

    def _work(self) -> None:
        on_all_cores()
        while True:
            self._waiting.get()()


class LongWork:
    """Gives all cores to threads while they work for long, whatever it is that they do."""

    def __init__(self) -> None:
        # What a thread of the system is at, by the moment it began.
        self._work: dict[int, float] = {}
        self._spread = set[int]()

    def begin(self) -> None:
        """The present thread begins to work."""
        self._work[threading.get_native_id()] = time.monotonic()

    def end(self) -> None:
        """It has ended."""
        thread = threading.get_native_id()
        self._work.pop(thread, None)
        if thread in self._spread:
            self._spread.discard(thread)
            _move(0, _cores.one)

    def watch(self) -> None:
        """Begins to look for long work, where threads are kept on one core."""
        if _cores.one:
            threading.Thread(target=self._watch, name="long-work", daemon=True).start()

    def _watch(self) -> None:
        on_all_cores()
        seen: dict[int, tuple[float, float]] = {}
        while True:
            time.sleep(LONG_S)
            seen = self._look(seen)

    def _look(self, before: dict[int, tuple[float, float]]) -> dict[int, tuple[float, float]]:
        """Spreads what has worked for long since it was first seen; gives when each began, and its time by then."""
        seen = {}
        for thread, began in list(self._work.items()):
            with suppress(OSError):
                worked_s = _worked_s(thread)
                first = before.get(thread, (began, worked_s))
                seen[thread] = first if first[0] == began else (began, worked_s)
                if worked_s - seen[thread][1] >= LONG_S and thread not in self._spread:
                    _move(thread, _cores.all)
                    # Last, so that a thread that ends meanwhile goes back when it ends the next time.
                    self._spread.add(thread)
        return seen


def _worked_s(thread: int) -> float:
    """The processor's time that a thread has taken."""
    fields = Path(f"/proc/self/task/{thread}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[_TICKS])) / os.sysconf("SC_CLK_TCK")


def _move(thread: int, cores: frozenset[int] | set[int]) -> None:
    if sys.platform == "linux":
        # Cores may have been taken from the process since, and a thread may have ended.
        with suppress(OSError):
            os.sched_setaffinity(thread, cores)


def _claimed(allowed: list[int]) -> int:
    """The first core that nobody has claimed; any one where all are."""
    for core in allowed:
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            claim.bind(_CLAIM % core)
        except OSError:
            claim.close()
        else:
            _cores.claim = claim
            return core
    return allowed[os.getpid() % len(allowed)]
