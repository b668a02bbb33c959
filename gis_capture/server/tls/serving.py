"""Serves a workspace by HTTPS under its fixed name, with the page that helps tablets to trust it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gis_capture.errors import WorkspaceError
from gis_capture.server.addresses import lan_address, own_addresses
from gis_capture.server.tls.certificates import names_of
from gis_capture.server.tls.kept import Certificates, ensure_certificates
from gis_capture.server.tls.names import Announcement
from gis_capture.server.tls.setup import Setup, SetupServer
from gis_capture.text import Text
from gis_capture.workspace.folder import Folder


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a server needs to speak HTTPS, and what people need to know of it."""

    certificates: Certificates
    setup: Setup


def prepare(folder: Folder, now: datetime) -> Prepared:
    """Makes or renews the certificates of a workspace whose address was set up.

    Raises:
        WorkspaceError: They cannot be used.
    """
    assert folder.https is not None
    certificates = ensure_certificates(
        folder.secrets_dir, office=folder.name, host=folder.https.host_name, addresses=own_addresses(), now=now
    )
    authority = certificates.authority.read_bytes()
    return Prepared(certificates, Setup(folder.name, folder.https, lan_address(), authority))


def names_vouched_for(certificate: Path, key: Path) -> list[str]:
    """The names under which a server with a certificate of the office's own is reached; see `names_of`.

    Raises:
        WorkspaceError: The two cannot be read, or do not belong together.
    """
    try:
        return names_of(certificate.read_bytes(), key.read_bytes())
    except (OSError, ValueError) as error:
        raise unusable_pair(certificate, key, error) from error


def unusable_pair(certificate: Path | None, key: Path | None, error: Exception) -> WorkspaceError:
    """Says that a certificate and a key are of no use."""
    reason = getattr(error, "strerror", None) or error
    return WorkspaceError(
        Text(
            f"証明書「{certificate}」と秘密鍵「{key}」を使えません({reason})。"
            "パスワードのない PEM 形式の組になっているか確かめてください。",
            f'Cannot use the certificate "{certificate}" with the key "{key}" ({reason}): '
            "check that both are PEM, belong together, and the key has no password.",
        ),
        path=certificate,
    )


@contextmanager
def introduced(prepared: Prepared, host: str) -> Iterator[Announcement]:
    """Tells the network the server's name, and shows the set-up page, for as long as the server runs.

    Raises:
        WorkspaceError: The port of the page is taken.
    """
    https = prepared.setup.https
    try:
        page = SetupServer(prepared.setup, host)
    except OSError as error:
        raise WorkspaceError(
            Text(
                f"準備ページのポート {https.setup_port} は使えません({error.strerror})。"
                "gis-capture https setup --setup-port で変えてください。",
                f"Port {https.setup_port} of the set-up page cannot be used ({error.strerror}): "
                "choose another with gis-capture https setup --setup-port.",
            ),
            port=https.setup_port,
        ) from error
    with page, Announcement(https.host_name, own_addresses(), https.port) as announcement:
        yield announcement
