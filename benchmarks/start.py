"""From the command to the first answer over 100,000 features, and idle memory; peer: granian with a bare Flask app.

`BENCHMARK_FEATURES` says how many features, `BENCHMARK_RUNS` how often. Both have their modules compiled, as `pip` and
the first start leave them, in a folder of the benchmark's own. Seconds of the processor tell what a busy machine hides.
"""

import contextlib
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks._serving import ask, make_workspace, n_runs

N_FEATURES = int(os.environ.get("BENCHMARK_FEATURES", 100_000))
LIMIT_S, IDLE_S = 120, 10
BARE = """
import sys
from flask import Flask
from granian import Granian
from granian.constants import Interfaces

app = Flask("bare")
app.add_url_rule("/health", view_func=lambda: {"status": "ok"})
server = Granian("bare", port=int(sys.argv[1]), interface=Interfaces.WSGI, blocking_threads=8)
server.serve(target_loader=lambda: app, wrap_loader=False)
"""


def main() -> None:
    """Prints medians and ratios."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "w"
        make_workspace(path, N_FEATURES)
        ours = [sys.executable, "-m", "gis_capture", "serve", "--host", "127.0.0.1", "--workspace", str(path), "--port"]
        commands = {"gis-capture serve": ours, "bare Flask app": [sys.executable, "-c", BARE]}
        # Once before it counts: machine code and columns are kept for the next start.
        compiled = Path(folder) / "compiled"
        found = {name: [start(command, compiled)] for name, command in commands.items()}
        print(f"first start ever, {N_FEATURES:,} features: {found['gis-capture serve'][0][0]:.2f} s")
        for _ in range(n_runs(5)):
            for name, command in commands.items():
                found[name].append(start(command, compiled))
    (ready, cpu, mib), (bare_ready, bare_cpu, bare_mib) = (
        [statistics.median(values) for values in zip(*found[name][1:], strict=True)] for name in commands
    )
    print(f"ready after {ready:.2f} s, bare Flask app {bare_ready:.2f} s: {ready / bare_ready:.1f} times")
    print(f"of the processor {cpu:.2f} s, bare Flask app {bare_cpu:.2f} s: {cpu / bare_cpu:.1f} times")
    print(f"idle {mib:.0f} MiB, bare Flask app {bare_mib:.0f} MiB: {mib / bare_mib:.1f} times")


def start(command: list[str], compiled: Path) -> tuple[float, float, float]:
    """Starts a server; gives seconds until it answers, of them those of the processor, and MiB when it is idle."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    began = time.perf_counter()
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(
        [*command, str(port)],
        env={**environment, "PYTHONPYCACHEPREFIX": str(compiled)},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while time.perf_counter() - began < LIMIT_S:
            with contextlib.suppress(OSError):
                if ask(port, "GET", "/health")[0] == 200:
                    break
            assert process.poll() is None, "the server has stopped"
            time.sleep(0.01)
        took_s = time.perf_counter() - began
        cpu_s = processor_s(process.pid)
        time.sleep(IDLE_S)
        return took_s, cpu_s, memory_mib(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(LIMIT_S)


def processor_s(pid: int) -> float:
    """Seconds of the processor that a process and its children took; NaN where the system does not tell."""
    try:
        told = (Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split() for one in family(pid))
        return sum(int(ticks) for line in told for ticks in line[11:13]) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return float("nan")


def family(pid: int) -> list[str]:
    """A process and its children."""
    return [str(pid), *Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def memory_mib(pid: int) -> float:
    """What a process and its children take, what they share counted once; NaN where the system does not tell."""
    try:
        told = (Path(f"/proc/{one}/smaps_rollup").read_text().splitlines() for one in family(pid))
        return sum(int(line.split()[1]) for lines in told for line in lines if line.startswith("Pss:")) / 1024
    except OSError:
        return float("nan")


if __name__ == "__main__":
    main()
