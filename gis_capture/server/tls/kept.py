"""The certificates of an office, in `secrets/tls`: made once, the server's renewed before it ends."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gis_capture.durability import replace_durably
from gis_capture.errors import WorkspaceError
from gis_capture.server.tls.certificates import Pair, is_authority_of, is_current, issue, make_authority
from gis_capture.text import Text

_AUTHORITY, _SERVER = "authority", "server"


@dataclass(frozen=True, slots=True)
class Certificates:
    """Where they are.

    Attributes:
        authority: What tablets are told to trust (PEM).
        certificate: What the server shows (PEM).
        key: Its key (PEM).
    """

    authority: Path
    certificate: Path
    key: Path


def read_certificates(secrets: Path) -> Certificates | None:
    """The certificates of an office; None where none were made."""
    folder = secrets / "tls"
    found = Certificates(folder / f"{_AUTHORITY}.pem", folder / f"{_SERVER}.pem", folder / f"{_SERVER}.key")
    return found if found.authority.is_file() else None


def ensure_certificates(
    secrets: Path, *, office: str, host: str, addresses: Sequence[str], now: datetime
) -> Certificates:
    """Makes the authority where there is none yet, and the server's certificate where it is none for much longer.

    Args:
        secrets: Folder that only the server's user may read.
        office: Name of the office.
        host: Name of the server.
        addresses: Of the server in the network; public ones are left out.
        now: With a time zone.

    Raises:
        WorkspaceError: What is kept cannot be read, vouches for another name, or cannot be written.
    """
    folder = secrets / "tls"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        authority = _read(folder, _AUTHORITY)
        if authority is None:
            authority = make_authority(office, host, now)
            _write(folder, _AUTHORITY, authority)
        elif not is_authority_of(authority.certificate, host):
            raise WorkspaceError(
                Text(
                    f"このサーバーの認証局は「{host}」という名前を保証できません。タブレットが信頼しているのは元の名前です。"
                    f"名前を戻すか、{folder} を移して作り直してください(全タブレットで設定し直しです)。",
                    f'The authority of this server does not vouch for the name "{host}": tablets trust it for another. '
                    f"Go back to that name, or move {folder} away to make a new one, and set up every tablet again.",
                ),
                path=folder,
            )
        server = _read(folder, _SERVER)
        if server is None or not is_current(server, authority, host, addresses, now):
            _write(folder, _SERVER, issue(authority, host, addresses, now))
    except WorkspaceError:
        raise
    except (OSError, ValueError) as error:
        raise WorkspaceError(
            Text(
                f"「{folder}」の証明書を使えません({error})。写しがあれば戻し、なければ別の場所に移して作り直してください。",
                f'Cannot use the certificates in "{folder}" ({error}): '
                "put a copy of them back, or move them away to make new ones.",
            ),
            path=folder,
        ) from error
    found = read_certificates(secrets)
    assert found is not None
    return found


def _read(folder: Path, name: str) -> Pair | None:
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    return Pair(certificate.read_bytes(), key.read_bytes()) if certificate.is_file() and key.is_file() else None


def _write(folder: Path, name: str, pair: Pair) -> None:
    """The key first: a certificate without its key is made anew."""
    for suffix, content, mode in (("key", pair.key, 0o600), ("pem", pair.certificate, 0o644)):
        unfinished = folder / f"{name}.{suffix}.new"
        unfinished.unlink(missing_ok=True)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
        replace_durably(unfinished, folder / f"{name}.{suffix}")
