"""The GSI tiles of the internet, which pages may fetch where an office says so."""

import re
from dataclasses import dataclass
from typing import Any

ATTRIBUTION = "国土地理院"
TERMS_URL = "https://maps.gsi.go.jp/development/ichiran.html"
MAX_CHARS = 300
# Of what a policy of content and a template of tiles take, and no sign more.
_TEMPLATE = re.compile(r"(https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?)/[A-Za-z0-9._~/{}-]+")


@dataclass(frozen=True, slots=True)
class OnlineTiles:
    """Where the tiles are.

    Attributes:
        template: Address with {z}, {x} and {y}.
        origin: What pages have to be allowed to ask.
    """

    template: str
    origin: str

    def to_json(self) -> dict[str, Any]:
        """Gives the member "online" of `GET /basemap`."""
        return {"tiles": self.template, "attribution": ATTRIBUTION, "attribution_url": TERMS_URL}


def read_online_tiles(value: str) -> OnlineTiles:
    """Makes it of a template as a person writes it.

    Raises:
        ValueError: It is no address of tiles by HTTPS.
    """
    match = _TEMPLATE.fullmatch(value)
    if match is None or len(value) > MAX_CHARS or any(value.count(f"{{{one}}}") != 1 for one in "zxy"):
        raise ValueError(value[:50])
    return OnlineTiles(value, match[1])
