"""What tablets are told to trust, and what the server shows them."""

import stat
import sys
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from gis_capture.cli.serve import Address, print_addresses, run_server
from gis_capture.errors import WorkspaceError
from gis_capture.server.tls import names_vouched_for
from gis_capture.server.tls.certificates import RENEWED_BEFORE, SERVER_AGE, Pair, fingerprint, issue, make_authority
from gis_capture.server.tls.kept import Certificates, ensure_certificates, read_certificates
from tests.server.test_serving import free_port

NOW = datetime(2026, 4, 1, 8, 30, tzinfo=UTC)
HOST = "gis-capture.local"
ADDRESS = "192.168.1.5"


def verify(server: bytes, authority: bytes, name: x509.DNSName | x509.IPAddress, at: datetime = NOW) -> None:
    """Verifies as a browser does, by RFC 5280."""
    store = Store([x509.load_pem_x509_certificate(authority)])
    policy = PolicyBuilder().store(store).time(at).build_server_verifier(name)
    policy.verify(x509.load_pem_x509_certificate(server), [])


def kept(folder: Path, now: datetime = NOW, host: str = HOST, address: str = ADDRESS) -> Certificates:
    """The certificates of an office as its server finds or makes them."""
    return ensure_certificates(folder, office="道路課", host=host, addresses=[address], now=now)


def test_a_tablet_trusts_the_server_under_its_names(tmp_path: Path) -> None:
    """Its host name, its address in the network and localhost; no other name."""
    found = kept(tmp_path)
    server, authority = found.certificate.read_bytes(), found.authority.read_bytes()

    for name in (x509.DNSName(HOST), x509.DNSName("localhost"), x509.IPAddress(ip_address(ADDRESS))):
        verify(server, authority, name)
    for other in (x509.DNSName("bank.example"), x509.IPAddress(ip_address("192.168.1.6"))):
        with pytest.raises(VerificationError):
            verify(server, authority, other)


@pytest.mark.parametrize("name", ["bank.example", "evil.gis-capture.local.example"])
def test_a_stolen_authority_vouches_for_no_other_site(name: str) -> None:
    """Names outside the office are outside its constraints."""
    authority = make_authority("道路課", HOST, NOW)
    forged = issue(authority, name, [], NOW)

    with pytest.raises(VerificationError):
        verify(forged.certificate, authority.certificate, x509.DNSName(name))


def test_public_addresses_are_left_out() -> None:
    """The authority could not vouch for them, and the whole certificate would be refused."""
    authority = make_authority("", HOST, NOW)
    server = issue(authority, HOST, ["203.0.113.9", ADDRESS], NOW)
    names = x509.load_pem_x509_certificate(server.certificate).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )

    assert names.value.get_values_for_type(x509.IPAddress) == [ip_address(ADDRESS)]


def test_the_certificate_renews_itself_before_it_ends(tmp_path: Path) -> None:
    """The server's, at a start near its end; the authority that tablets trust stays."""
    first = kept(tmp_path)
    before = (first.certificate.read_bytes(), first.authority.read_bytes())
    early = kept(tmp_path, NOW + SERVER_AGE - RENEWED_BEFORE - timedelta(days=2))
    assert (early.certificate.read_bytes(), early.authority.read_bytes()) == before

    late = NOW + SERVER_AGE - RENEWED_BEFORE
    again = kept(tmp_path, late)
    assert again.certificate.read_bytes() != before[0]
    assert again.authority.read_bytes() == before[1]
    verify(again.certificate.read_bytes(), before[1], x509.DNSName(HOST), late + timedelta(days=300))


def test_a_new_address_of_the_machine_is_taken_up(tmp_path: Path) -> None:
    """The router gave another one; the name stays, and so do trust and unsent edits."""
    kept(tmp_path)
    moved = kept(tmp_path, address="10.0.0.7")

    verify(moved.certificate.read_bytes(), moved.authority.read_bytes(), x509.IPAddress(ip_address("10.0.0.7")))


def test_another_name_is_refused(tmp_path: Path) -> None:
    """No certificate for it would be trusted; what is there stays."""
    before = kept(tmp_path).certificate.read_bytes()

    with pytest.raises(WorkspaceError, match=r"other\.local"):
        kept(tmp_path, host="other.local")
    assert kept(tmp_path).certificate.read_bytes() == before


@pytest.mark.parametrize("name", ["authority.pem", "authority.key"])
def test_a_broken_authority_is_told_and_kept(tmp_path: Path, name: str) -> None:
    """It is not made anew silently: every tablet would have to be set up again."""
    kept(tmp_path)
    file = tmp_path / "tls" / name
    file.write_bytes(file.read_bytes()[:60])

    # Only what has to be signed anew needs the authority's key.
    with pytest.raises(WorkspaceError, match="tls"):
        kept(tmp_path, NOW + SERVER_AGE)
    assert len(file.read_bytes()) == 60


def test_a_server_certificate_cut_off_is_made_anew(tmp_path: Path) -> None:
    """Nothing hangs on it."""
    found = kept(tmp_path)
    found.certificate.write_bytes(found.certificate.read_bytes()[:80])

    verify(kept(tmp_path).certificate.read_bytes(), found.authority.read_bytes(), x509.DNSName(HOST))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights in lists of its own")
def test_only_the_servers_user_reads_the_keys(tmp_path: Path) -> None:
    """Neither group nor others."""
    kept(tmp_path)

    assert stat.S_IMODE((tmp_path / "tls").stat().st_mode) == 0o700
    assert {stat.S_IMODE(key.stat().st_mode) for key in (tmp_path / "tls").glob("*.key")} == {0o600}


def test_nothing_is_found_before_it_was_set_up(tmp_path: Path) -> None:
    """An office without HTTPS has none."""
    assert read_certificates(tmp_path) is None


def test_the_fingerprint_is_what_tablets_show() -> None:
    """SHA-256 over the certificate, in pairs of hexadecimal digits."""
    pair: Pair = make_authority("課", HOST, NOW)

    assert len(fingerprint(pair.certificate).split(":")) == 32


def test_the_names_of_an_own_certificate_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """So that the address that is printed is one that tablets trust; a key of another one is told before it is."""
    pairs = [issue(make_authority("高山市", HOST, NOW), HOST, [ADDRESS], NOW) for _ in range(2)]
    for number, pair in enumerate(pairs):
        (tmp_path / f"{number}.pem").write_bytes(pair.certificate)
        (tmp_path / f"{number}.key").write_bytes(pair.key)
    own = tmp_path / "0.pem", tmp_path / "0.key"
    assert names_vouched_for(*own) == [HOST, "localhost", ADDRESS]
    print_addresses(Address("0.0.0.0", 8460, *own), HOST)
    told = capsys.readouterr().out
    assert f"https://{HOST}:8460/tablet/" in told and "localhost" not in told
    for key in (tmp_path / "1.key", tmp_path / "0.pem", tmp_path / "none"):
        with pytest.raises(WorkspaceError) as refused:
            run_server(tmp_path, Address("127.0.0.1", free_port(), own[0], key))
        assert str(key) in refused.value.message.ja
    assert capsys.readouterr().out == ""
