"""Access databases: what mdbtools print becomes tables; without them the message says what to do."""

import os
import stat
import struct
import sys
from pathlib import Path

import pytest

from gis_capture.errors import SourceError
from gis_capture.ledger import Limits, codes, read_ledger
from gis_capture.ledger.drivers.access import _HEADER_KEY, _rc4
from tests.ledger.conftest import column, names, only_table

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="stands in for mdbtools by shell scripts")
EXPORT = """#!/bin/sh
[ "$MDB_JET3_CHARSET" = CP932 ] || exit 3
for name; do :; done
case $name in
  消火栓) printf '番号,設置日,備考\\036\\n"001",2024-04-05T00:00:00,"二行の\\n ""備考"" です"\\036\\n"002",,\\036\\n';;
  *) echo "Error: no such table" >&2; exit 1;;
esac
"""


def database(path: Path, *, key: int = 0, kind: bytes = b"Jet") -> Path:
    """The header of a database; its key says whether it is encrypted."""
    head = bytearray(4096)
    head[:19] = b"\x00\x01\x00\x00Standard " + kind + b" DB"
    plain = bytearray(128)
    plain[0x3E - 0x18 : 0x42 - 0x18] = struct.pack("<I", key)
    head[0x18:0x98] = _rc4(_HEADER_KEY, bytes(plain))
    path.write_bytes(head)
    return path


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs that is searched first."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return folder


def install(folder: Path, name: str, script: str) -> None:
    """Puts a program into a folder."""
    (folder / name).write_text(script, "utf-8")
    (folder / name).chmod(stat.S_IRWXU)


def test_tables_are_read_and_those_of_the_system_are_not(tools: Path, tmp_path: Path) -> None:
    """Line breaks inside a text stay in it; a date without a time is a date."""
    install(tools, "mdb-tables", "#!/bin/sh\nprintf 'MSysObjects\\n消火栓\\n'\n")
    install(tools, "mdb-export", EXPORT)
    reading = read_ledger(database(tmp_path / "台帳.mdb"))
    table = only_table(reading)
    assert (reading.source.driver, table.name) == ("access", "消火栓")
    assert names(table) == ["番号", "設置日", "備考"]
    assert column(table, "番号") == ["001", "002"]
    assert column(table, "設置日") == ["2024-04-05", None]
    assert column(table, "備考") == ['二行の\n "備考" です', None]


def test_a_table_that_cannot_be_read_is_told(tools: Path, tmp_path: Path) -> None:
    """The others are read."""
    install(tools, "mdb-tables", "#!/bin/sh\nprintf '消火栓\\n壊れた表\\n'\n")
    install(tools, "mdb-export", EXPORT)
    reading = read_ledger(database(tmp_path / "a.mdb"))
    assert [p.code for p in reading.problems] == [codes.ENTRY_LEFT_OUT]
    assert "壊れた表" in reading.problems[0].message.ja


def test_a_program_that_hangs_is_ended(tools: Path, tmp_path: Path) -> None:
    """The limit is one of work, so the program works."""
    install(tools, "mdb-tables", "#!/bin/sh\nwhile :; do :; done\n")
    install(tools, "mdb-export", EXPORT)
    with pytest.raises(SourceError, match="not read within 1 s"):
        read_ledger(database(tmp_path / "a.mdb"), limits=Limits(max_reading_s=1))


def test_an_encrypted_database_says_so(tmp_path: Path) -> None:
    """The key of its pages stands in the header."""
    with pytest.raises(SourceError, match="password"):
        read_ledger(database(tmp_path / "a.accdb", key=0x1234, kind=b"ACE"))


def test_without_mdbtools_the_message_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """How to install them, or how to do without."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceError) as caught:
        read_ledger(database(tmp_path / "a.mdb"))
    assert "mdbtools" in caught.value.message.ja
    assert "CSV" in caught.value.message.en
