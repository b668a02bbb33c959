"""A PostgreSQL with PostGIS for the tests; on Debian and Ubuntu with root it is installed.

The tests run it themselves, in a folder of its own, and stop it. `python tests/postgres.py` installs what is missing,
and says what there is. GIS_CAPTURE_TEST_POSTGRES names a database that is there already, "postgresql://…".
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

VARIABLE = "GIS_CAPTURE_TEST_POSTGRES"
PACKAGES = ("postgresql", "postgresql-postgis")
ACCOUNT = "postgres"
HELP = (
    f"These tests need PostgreSQL with PostGIS: name a database in {VARIABLE}, "
    "or install it (Debian or Ubuntu: apt-get install " + " ".join(PACKAGES) + ")"
)


def find_programs() -> Path | None:
    """Gives the folder of the newest installed server that has PostGIS."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    places += [Path(on_path).resolve().parent] if on_path else []
    return next((place for place in places if _has_postgis(place)), None)


def _has_postgis(programs: Path) -> bool:
    """Tells whether a server has PostGIS."""
    if not (programs / "initdb").exists():
        return False
    share = subprocess.run([programs / "pg_config", "--sharedir"], capture_output=True, text=True, check=False)
    folders = [Path(share.stdout.strip()), Path("/usr/share/postgresql") / programs.parent.name]
    return any((folder / "extension" / "postgis.control").exists() for folder in folders)


def install() -> None:
    """Installs the server from the distribution, where that is possible without asking."""
    if shutil.which("apt-get") is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", *PACKAGES]):
        subprocess.run(["apt-get", *arguments], env=environment, check=False, stdout=subprocess.DEVNULL)


@contextmanager
def running_server(programs: Path) -> Iterator[str]:
    """Runs a server of its own on a socket in a temporary folder; gives the URL of a database with PostGIS."""
    with tempfile.TemporaryDirectory(prefix="gis-capture-postgres-") as name:
        folder = Path(name)
        account = _account()
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)
        data = folder / "data"
        prefix = () if account is None else ("runuser", "-u", account.pw_name, "--")
        setup = ("-D", data, "-U", "gis", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        subprocess.run([*prefix, programs / "initdb", *setup], check=True, capture_output=True)
        # A crash of the machine is not what these tests are about.
        options = f"-k {folder} -c listen_addresses= -c fsync=off -c max_connections=200 -c deadlock_timeout=200ms"
        control = (*prefix, programs / "pg_ctl", "-D", data)
        start = (*control, "-w", "-l", folder / "log", "-o", options, "start")
        subprocess.run(start, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            with psycopg.connect(f"host={folder} user=gis dbname=postgres", autocommit=True) as connection:
                connection.execute("CREATE DATABASE gis")
            with psycopg.connect(f"host={folder} user=gis dbname=gis", autocommit=True) as connection:
                connection.execute("CREATE EXTENSION postgis")
            yield f"postgresql://gis@/gis?host={folder}"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=False, stdout=subprocess.DEVNULL)


def _account() -> Any:
    """Who runs the server: PostgreSQL refuses to run as root."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd

    for name in (ACCOUNT, "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def kill_backend(pid: int) -> None:
    """Kills a process of the server as a crash does."""
    os.kill(pid, signal.SIGKILL)


def main() -> None:
    """Installs what is missing, prints what is there."""
    if os.environ.get(VARIABLE):
        print(VARIABLE, "is set")
        return
    if find_programs() is None:
        install()
    programs = find_programs()
    if programs is None:
        print(HELP + "; they are skipped.")
    else:
        print(programs)


if __name__ == "__main__":
    main()
