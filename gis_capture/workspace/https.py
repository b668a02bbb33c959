"""Under which address the server is reached by HTTPS: `[https]` of `workspace.toml`.

The app on a tablet and its unsent edits belong to this address (the origin); that is why it is written down.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from gis_capture.errors import WorkspaceError
from gis_capture.text import Text
from gis_capture.workspace.document import write_table

TABLE = "https"
_HOST = re.compile(r"(?=.{1,64}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+")


@dataclass(frozen=True, slots=True)
class Https:
    """The address.

    Attributes:
        host_name: A name ending in ".local", which the server itself announces, or one of the network's DNS.
        port: Of the app.
        setup_port: Of the page, by plain HTTP, that helps a tablet to trust the server.
    """

    host_name: str = "gis-capture.local"
    port: int = 8460
    setup_port: int = 8461

    def __post_init__(self) -> None:
        """Refuses what is no address.

        Raises:
            ValueError: The host name is none, or the ports are.
        """
        if not isinstance(self.host_name, str) or not _HOST.fullmatch(self.host_name):
            raise ValueError(f"host_name = {self.host_name!r}")
        for name in ("port", "setup_port"):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 65535:
                raise ValueError(f"{name} = {value!r}")
        if self.port == self.setup_port:
            raise ValueError(f"setup_port = {self.setup_port}")

    @property
    def origin(self) -> str:
        """What the data of the app on a tablet belong to."""
        return f"https://{self.host_name}:{self.port}"


def read_https(document: Mapping[str, object]) -> Https | None:
    """Reads the address from the document of a `workspace.toml`; None where there is none.

    Raises:
        ValueError: It is no address.
    """
    table = document.get(TABLE)
    if table is None:
        return None
    if not isinstance(table, dict) or not set(table) <= set(Https.__slots__):
        raise ValueError(f"[{TABLE}]")
    return Https(**table)


def write_https(file: Path, https: Https) -> None:
    """Writes the address into a `workspace.toml`; every other line of it stays as it is."""
    write_table(file, TABLE, asdict(https))


def no_host_name(name: str) -> WorkspaceError:
    """The error of a name under which no tablet would find a server."""
    return WorkspaceError(
        Text(
            f"「{name}」はサーバー名に使えません。小文字の英数字と - を . でつないでください(gis-capture.local など)。",
            f'"{name}" is no name for a server: join lower-case letters, digits and - by dots (gis-capture.local).',
        ),
        name=name,
    )


def no_private_number(number: str) -> WorkspaceError:
    """The error of an address in the internet in place of a name: the office's own authority vouches for none."""
    return WorkspaceError(
        Text(
            f"「{number}」は庁内のアドレスではないため、タブレットに信頼させられません。"
            "サーバー名(gis-capture.local など)か、固定した庁内のアドレス(192.168.… など)にしてください。",
            f'"{number}" is no private address, so that no tablet would trust it: give a name (gis-capture.local), or '
            "a fixed address of the office's network (192.168.…).",
        ),
        name=number,
    )
