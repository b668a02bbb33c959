"""Tells the network by multicast DNS (RFC 6762) under which name the server is, so that no one types an address."""

import logging
import socket
from collections.abc import Sequence
from types import TracebackType

from zeroconf import NonUniqueNameException, ServiceInfo, Zeroconf

logger = logging.getLogger(__name__)
_TYPE = "_https._tcp.local."


class Announcement:
    """Says the name while it is entered; a network without multicast is no reason not to serve.

    Args:
        host: "gis-capture.local"; another name is one of the network's own DNS, and nothing is said.
        addresses: Of the server in the network.
        port: Where it listens.
    """

    def __init__(self, host: str, addresses: Sequence[str], port: int) -> None:
        self._zeroconf: Zeroconf | None = None
        self._host, self._addresses, self._port = host, addresses, port
        self.is_heard = False
        self.is_taken = False

    def __enter__(self) -> "Announcement":
        if not self._host.endswith(".local") or not self._addresses:
            return self
        label = self._host.removesuffix(".local")
        info = ServiceInfo(
            _TYPE,
            f"{label}.{_TYPE}",
            port=self._port,
            addresses=[socket.inet_aton(address) for address in self._addresses if ":" not in address],
            server=f"{self._host}.",
            properties={"path": "/tablet/"},
        )
        try:
            self._zeroconf = Zeroconf()
            self._zeroconf.register_service(info)
            self.is_heard = True
        except NonUniqueNameException:
            self.is_taken = True
        except OSError:
            logger.warning("The name %s could not be announced.", self._host, exc_info=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._zeroconf is not None:
            self._zeroconf.unregister_all_services()
            self._zeroconf.close()
