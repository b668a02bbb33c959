"""Asks the city's identity provider who somebody is: OpenID Connect, authorization code with PKCE, state and nonce."""

import json
import time
from dataclasses import dataclass
from threading import Lock
from typing import Any

from gis_capture.people import codes
from gis_capture.workspace.outside import Oidc

TIMEOUT_S = 10
KEPT_S = 3_600
MAX_ANSWER_BYTES = 1_000_000
ALGORITHMS = ["RS256", "ES256", "PS256", "RS384", "RS512", "ES384", "PS384", "PS512", "EdDSA"]
"""Of signatures with a public key; one by a shared secret could be made by this server's own."""
_SKEW_S = 120


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the provider named; the address is "" where it does not vouch for it."""

    issuer: str
    subject: str
    verified_email: str


class Provider:
    """A provider; what it says of itself is asked again every hour.

    Args:
        oidc: Which one.
        client_secret: That it gave to this server; "" = none.
    """

    def __init__(self, oidc: Oidc, client_secret: str = "") -> None:
        self._oidc, self._secret = oidc, client_secret
        self._about: tuple[float, dict[str, Any]] | None = None
        self._lock = Lock()

    def address(self, redirect: str, *, state: str, nonce: str, verifier: str) -> str:
        """Where the browser goes.

        Raises:
            PeopleError: The provider cannot be asked.
        """
        about, client = self._metadata(), self._client(redirect)
        endpoint = about["authorization_endpoint"]
        address, _ = client.create_authorization_url(endpoint, state=state, nonce=nonce, code_verifier=verifier)
        return str(address)

    def person(self, redirect: str, *, code: str, nonce: str, verifier: str) -> Person:
        """Whom the browser comes back as.

        Raises:
            PeopleError: The provider cannot be asked, or its answer is not to be believed.
        """
        from authlib.common.errors import AuthlibBaseError
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet
        from requests import RequestException

        about = self._metadata()
        try:
            token = self._client(redirect).fetch_token(
                about["token_endpoint"], code=code, code_verifier=verifier, timeout=TIMEOUT_S, allow_redirects=False
            )
            keys = KeySet.import_key_set(_get(about["jwks_uri"]))
            claims = jwt.decode(str(token["id_token"]), keys, algorithms=ALGORITHMS).claims
            registry = jwt.JWTClaimsRegistry(
                leeway=_SKEW_S,
                iss={"essential": True, "value": self._oidc.issuer},
                aud={"essential": True, "value": self._oidc.client_id},
                exp={"essential": True},
                iat={"essential": True},
                sub={"essential": True},
                nonce={"essential": True, "value": nonce},
            )
            registry.validate(claims)
            many = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
            if claims.get("azp", None if many else self._oidc.client_id) != self._oidc.client_id:
                raise ValueError("azp")
        except (AuthlibBaseError, JoseError, RequestException, ValueError, KeyError, TypeError) as error:
            raise codes.error(codes.OUTSIDE_BROKEN_OFF) from error
        email = claims.get("email") if claims.get("email_verified") is True else ""
        return Person(self._oidc.issuer, str(claims["sub"])[:255], str(email or "")[:254])

    def _client(self, redirect: str) -> Any:
        from authlib.integrations.requests_client import OAuth2Session

        return OAuth2Session(
            self._oidc.client_id,
            self._secret or None,
            scope="openid email profile",
            redirect_uri=redirect,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic" if self._secret else "none",
        )

    def _metadata(self) -> dict[str, Any]:
        from requests import RequestException

        with self._lock:
            now_s = time.monotonic()
            if self._about is None or now_s - self._about[0] > KEPT_S:
                try:
                    about = _get(self._oidc.issuer.rstrip("/") + "/.well-known/openid-configuration")
                    if about.get("issuer") != self._oidc.issuer:
                        raise ValueError("issuer")
                    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                        Oidc(about[name].partition("?")[0], "-")
                except (RequestException, ValueError, KeyError, TypeError, AttributeError) as error:
                    raise codes.error(codes.OUTSIDE_UNREACHABLE) from error
                self._about = now_s, about
            return self._about[1]


def _get(address: str) -> Any:
    import requests

    with requests.get(address, timeout=TIMEOUT_S, allow_redirects=False, stream=True) as answer:
        answer.raise_for_status()
        content = answer.raw.read(MAX_ANSWER_BYTES + 1, decode_content=True)
    if answer.status_code != 200 or len(content) > MAX_ANSWER_BYTES:
        raise ValueError(address)
    return json.loads(content)
