"""A small identity provider on a loopback address, which signs what it says and can be told to lie."""

import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

CLIENT_ID = "gis-capture"


class IdentityProvider:
    """What it knows of whoever signs in, and what it was asked.

    Attributes:
        claims: Of the person, beside those that every token has; they go before those.
        key: Signs; `shown` is what is published.
        algorithm: Of signatures.
        is_strict: Whether the verifier has to fit, as PKCE says.
    """

    def __init__(self, issuer: str) -> None:
        self.issuer, self.is_strict, self.algorithm = issuer, True, "ES256"
        self.claims: dict[str, Any] = {"sub": "s-1", "email": "sato@city.example", "email_verified": True}
        self.key = ECKey.generate_key("P-256", {"kid": "k1"})
        self.shown = KeySet([self.key])
        self.asked: dict[str, dict[str, str]] = {}
        self.n_tokens = 0

    def about(self) -> dict[str, str]:
        """Of itself."""
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": self.issuer, **{name: f"{self.issuer}/{path}" for name, path in names.items()}}

    def sign_in(self, address: str) -> str:
        """What its page does with somebody who comes with an address: gives the address to go back to."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["response_type"] == "code" and asked["client_id"] == CLIENT_ID
        assert "openid" in asked["scope"].split() and asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.asked)}"
        self.asked[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Gives a token for a code, once."""
        asked = self.asked.pop(form.get("code", ""), None)
        challenge = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        if asked is None or (self.is_strict and challenge != asked["code_challenge"]):
            return 400, {"error": "invalid_grant"}
        assert form["redirect_uri"] == asked["redirect_uri"]
        self.n_tokens += 1
        now_s = int(time.time())
        always = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now_s, "exp": now_s + 300, "nonce": asked["nonce"]}
        claims = {name: value for name, value in {**always, **self.claims}.items() if value is not None}
        header = {"alg": self.algorithm, "kid": "k1"}
        token = jwt.encode(header, claims, self.key, algorithms=[self.algorithm])
        return 200, {"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": token}


@contextmanager
def identity_provider() -> Iterator[IdentityProvider]:
    """Serves one."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            about = "/.well-known/openid-configuration"
            self.send(200, provider.about() if self.path == about else provider.shown.as_dict(private=False))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.send(*provider.token({name: values[0] for name, values in parse_qs(body).items()}))

        def send(self, status: int, document: Any) -> None:
            content = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = IdentityProvider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
