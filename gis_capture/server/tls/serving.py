"""Serves a workspace by HTTPS under its fixed name, with the page that helps tablets to trust it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from gis_capture.errors import WorkspaceError
from gis_capture.server.addresses import lan_address, own_addresses
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
