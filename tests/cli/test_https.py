"""`gis-capture https`: deciding the address of tablets, and being held to it."""

import tomllib
from pathlib import Path

import pytest
from cryptography import x509

from gis_capture.cli import main
from gis_capture.errors import WorkspaceError
from gis_capture.server.tls.trust import trust_authority
from gis_capture.workspace import Workspace


def run(*arguments: str) -> int:
    """Runs a command; gives its exit code."""
    with pytest.raises(SystemExit) as stop:
        main(list(arguments))
    return int(stop.value.code or 0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace with a setting of its own."""
    path = tmp_path / "作業"
    Workspace.create(path, name="道路課").close()
    file = path / "workspace.toml"
    file.write_text(file.read_text("utf-8").replace("[settings]", "[settings]\n# 五つ\nbackups_kept = 5"), "utf-8")
    return path


def test_the_address_is_written_beside_the_settings(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A second set-up changes what is named alone; comments and settings stay; the fingerprint is told."""
    assert run("https", "setup", "--workspace", str(folder), "--setup-port", "8500") == 0
    assert run("https", "setup", "--workspace", str(folder), "--port", "8470") == 0
    assert "https://gis-capture.local:8470/tablet/" in capsys.readouterr().out
    assert run("https", "show", "--workspace", str(folder)) == 0
    assert "証明書の番号(SHA-256): " in capsys.readouterr().out

    text = (folder / "workspace.toml").read_text("utf-8")
    assert tomllib.loads(text)["https"] == {"host_name": "gis-capture.local", "port": 8470, "setup_port": 8500}
    assert tomllib.loads(text)["settings"] == {"backups_kept": 5}
    assert "# 五つ" in text


@pytest.mark.parametrize("name", ["city", "Tab let.local", "-a.local", "192.168.1.5/x", "a" * 70 + ".local"])
def test_a_name_that_no_tablet_finds_is_refused(folder: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is written."""
    before = (folder / "workspace.toml").read_bytes()

    assert run("https", "setup", "--workspace", str(folder), "--name", name) == 1
    assert name in capsys.readouterr().err
    assert (folder / "workspace.toml").read_bytes() == before
    assert not (folder / "secrets" / "tls").exists()


def test_one_port_for_both_is_refused(folder: Path) -> None:
    """As a mistake in the use of the command."""
    assert run("https", "setup", "--workspace", str(folder), "--port", "8461") == 2


def test_another_name_later_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Tablets trust the first one, and their edits belong to it."""
    assert run("https", "setup", "--workspace", str(folder)) == 0
    assert run("https", "setup", "--workspace", str(folder), "--name", "other.local") == 1
    assert "other.local" in capsys.readouterr().err


def test_a_server_on_another_port_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What tablets hold unsent could not be sent."""
    assert run("https", "setup", "--workspace", str(folder)) == 0
    assert run("serve", "--workspace", str(folder), "--port", "9999") == 1
    assert "https://gis-capture.local:8460" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["show", "trust"])
def test_before_the_setup_they_say_what_to_do(folder: Path, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """And the doctor tells it, too."""
    assert run("https", command, "--workspace", str(folder)) == 1
    assert "gis-capture https setup" in capsys.readouterr().err
    run("doctor", "--workspace", str(folder))
    assert "タブレットの https: 設定なし" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "told"), [("port = 0", "port = 0"), ("host = 'a.local'", "[https]"), ("port = true", "True")]
)
def test_an_address_that_is_none_stops_the_start(
    folder: Path, line: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file and the place in it are named."""
    file = folder / "workspace.toml"
    file.write_text(f"{file.read_text('utf-8')}\n[https]\n{line}\n", "utf-8")

    assert run("https", "show", "--workspace", str(folder)) == 1
    assert told in capsys.readouterr().err


def test_a_missing_program_is_named(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(WorkspaceError, match="libnss3-tools"):
        trust_authority(folder / "authority.pem", tmp_path, platform="linux")


def test_paired_tablets_keep_their_address(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Another port is refused, and nothing written, until it is said that the tablets move."""
    setup = ("https", "setup", "--workspace", str(folder))
    assert run(*setup) == 0
    with Workspace.open(folder) as workspace:
        code, _ = workspace.people.make_pairing_code("巡視1", "高山")
        workspace.people.pair(code, "t-abcdef", address="192.0.2.7")
    before = (folder / "workspace.toml").read_bytes()

    assert run(*setup, "--port", "8470") == 1
    told = capsys.readouterr().err
    assert "巡視1" in told and "--moves-tablets" in told
    assert (folder / "workspace.toml").read_bytes() == before
    assert run(*setup) == run(*setup, "--setup-port", "8500") == 0
    assert run(*setup, "--port", "8470", "--moves-tablets") == 0


def test_why_another_name_is_refused_is_told_in_japanese(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not as a quotation of the English words."""
    setup = ("https", "setup", "--workspace", str(folder))
    assert run(*setup) == 0
    assert run(*setup, "--name", "other.local") == 1
    told = capsys.readouterr().err
    assert "保証できません" in told and "vouch" not in told


def test_a_number_in_place_of_a_name_is_vouched_for_where_it_is_private(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Browsers look for it among the numbers of the certificate; one of the internet is refused with what to do."""
    assert run("https", "setup", "--workspace", str(folder), "--name", "8.8.8.8") == 1
    assert "庁内のアドレスではない" in capsys.readouterr().err
    assert "https" not in tomllib.loads((folder / "workspace.toml").read_text("utf-8"))

    assert run("https", "setup", "--workspace", str(folder), "--name", "192.168.7.9") == 0
    certificate = x509.load_pem_x509_certificate((folder / "secrets/tls/server.pem").read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "192.168.7.9" in map(str, names.get_values_for_type(x509.IPAddress))
