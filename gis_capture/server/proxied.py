"""Believes what a reverse proxy says of who asks, where the office has said that it is one of its own."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix

from gis_capture.workspace.outside import Network

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Proxied:
    """Stands before an app; of the addresses in a header it takes the last one, which the proxy itself has written.

    Args:
        app: What answers.
        proxies: Whose X-Forwarded-For, -Proto and -Host are read; all others' stay what somebody claims.
    """

    def __init__(self, app: Wsgi, proxies: Sequence[Network]) -> None:
        self._app, self._proxies = app, proxies
        self._told = ProxyFix(app, x_for=1, x_proto=1, x_host=1)
        self._is_proxy = lru_cache(1_024)(self._look)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answers a request."""
        is_told = self._proxies and self._is_proxy(environ.get("REMOTE_ADDR") or "")
        return self._told(environ, start_response) if is_told else self._app(environ, start_response)

    def _look(self, address: str) -> bool:
        try:
            peer = ip_address(address.removeprefix("::ffff:"))
        except ValueError:
            return False
        return any(peer in network for network in self._proxies)
