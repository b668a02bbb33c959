"""What stands outside of this program and is believed: proxies before the server, and the city's identity provider.

`trusted_proxies` and `[oidc]` of `workspace.toml`; without them nothing outside is believed or asked.
"""

import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gis_capture.errors import WorkspaceError
from gis_capture.text import Text

Network = IPv4Network | IPv6Network
PROXIES, OIDC = "trusted_proxies", "oidc"
CLIENT_ID, TITLE = "gis-capture", "OpenID Connect"
SECRET_NAME = "oidc_client_secret"
"""The client's secret, where the provider gave one, is in a file of this name in `secrets`."""
SETTINGS = {
    PROXIES: Text(
        "信頼するリバースプロキシのアドレス(空白で区切る)。ここからの X-Forwarded-For・Proto・Host だけを読みます。",
        "Addresses of reverse proxies, with blanks between: of these alone X-Forwarded-For, -Proto, -Host are read.",
    ),
    "oidc.issuer": Text(
        "市の認証基盤(OpenID Connect)のアドレス(https://…)。空なら使いません。",
        "Address of the city's identity provider (OpenID Connect), https://…; without it there is none.",
    ),
    "oidc.client_id": Text(
        "認証基盤に登録した、このサーバーの名前(client_id)。", "The client_id by which the provider knows this server."
    ),
    "oidc.title": Text("サインインのボタンに出す、認証基盤の名前。", "Name of the provider on the button to sign in."),
}


@dataclass(frozen=True, slots=True)
class Oidc:
    """An identity provider.

    Attributes:
        issuer: Its address.
        client_id: Under which it knows this server.
        title: As the button to sign in shows it.
    """

    issuer: str
    client_id: str = CLIENT_ID
    title: str = TITLE

    def __post_init__(self) -> None:
        """Refuses what cannot be trusted.

        Raises:
            ValueError: The issuer is not reached by HTTPS, or something is missing.
        """
        if not all(isinstance(one, str) and one for one in (self.issuer, self.client_id, self.title)):
            raise ValueError(f"[{OIDC}] issuer, client_id, title")
        address = urlsplit(self.issuer)
        is_near = address.scheme == "http" and address.hostname in ("localhost", "127.0.0.1", "::1")
        if not (is_near or (address.scheme == "https" and address.hostname)) or address.query or address.fragment:
            raise ValueError(f"[{OIDC}] issuer = {self.issuer!r}")


def read_oidc(document: Mapping[str, object]) -> Oidc | None:
    """Reads the provider from the document of a `workspace.toml`; None where there is none.

    Raises:
        ValueError: It cannot be used.
    """
    table = document.get(OIDC)
    if table is None:
        return None
    if not isinstance(table, dict) or not {"issuer"} <= set(table) <= set(Oidc.__slots__):
        raise ValueError(f"[{OIDC}]")
    return Oidc(**table)


def read_proxies(document: Mapping[str, object]) -> tuple[Network, ...]:
    """Reads the addresses of proxies, "10.0.0.5" or "10.0.0.0/24".

    Raises:
        ValueError: One is none, or is everybody's.
    """
    named = document.get(PROXIES, [])
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
        raise ValueError(f"{PROXIES} = {named!r}")
    networks = tuple(ip_network(one) for one in named)
    if not all(one.prefixlen for one in networks):
        # Whoever is believed to be a proxy says who asks: that cannot be everybody.
        raise ValueError(f"{PROXIES} = {named!r}")
    return networks


def change_outside(document: MutableMapping[str, Any], name: str, value: str | None) -> None:
    """Changes one of `SETTINGS` in the document of a `workspace.toml`; without an issuer nothing is left of a provider.

    Raises:
        ValueError: What would be in it then cannot be used.
    """
    table, _, key = name.rpartition(".")
    if name == PROXIES:
        document[name] = (value or "").replace(",", " ").split()
        if not document[name]:
            del document[name]
    elif value is not None:
        document.setdefault(table, {})[key] = value
    elif key == "issuer":
        document.pop(table, None)
    elif table in document:
        document[table].pop(key, None)
    read_proxies(document)
    read_oidc(document)


def told_outside(document: Mapping[str, Any], name: str) -> str | None:
    """What a document says of one of `SETTINGS`; None where it says nothing."""
    table, _, key = name.rpartition(".")
    found = (document.get(table) or {} if table else document).get(key or name)
    return " ".join(found) or None if isinstance(found, list) else found


def write_secret(folder: Path, secret: str) -> None:
    """Keeps the client's secret of a workspace, readable by the same user alone; "" takes it away.

    Raises:
        WorkspaceError: It cannot be written.
    """
    file = folder / "secrets" / SECRET_NAME
    try:
        file.parent.mkdir(mode=0o700, exist_ok=True)
        file.unlink(missing_ok=True)
        if secret:
            with open(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as kept:
                kept.write(secret)
    except OSError as error:
        raise WorkspaceError(
            Text(f"「{file}」に書けません({error})。", f'Cannot write "{file}" ({error}).'), path=file
        ) from error
