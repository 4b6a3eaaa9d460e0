"""A small identity provider: discovery, keys and tokens over real HTTP, and the ways in which one fails."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jws, jwt
from joserfc.jwk import ECKey, Key

from secmon.clients.authentication import Authenticator
from secmon.clients.external import Trust, external_tokens
from secmon.clients.issuer_keys import IssuerKeys
from tests.service import START, FakeClock

CONFIGURATION = "/.well-known/openid-configuration"


class Provider:
    """`keys` are published, `asked` counts the requests by path, `broken` makes every answer a 500."""

    def __init__(self) -> None:
        self.keys: list[Key] = [ECKey.generate_key("P-256", auto_kid=True)]
        self.others: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.broken = False
        self.claimed_issuer: str | None = None
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.asked.append(self.path)
                content = json.dumps(provider.answer(self.path)).encode()
                self.send_response(500 if provider.broken else 200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def answer(self, path: str) -> dict[str, Any]:
        if path == CONFIGURATION:
            return {"issuer": self.claimed_issuer or self.issuer, "jwks_uri": f"{self.issuer}/keys"}
        return {"keys": [*self.others, *(key.as_dict(private=False) for key in self.keys)]}

    def token(self, *, key: Key | None = None, alg: str = "ES256", header: Any = None, **changed: Any) -> str:
        """A supervisor's token for secmon, but for what is `changed`; what is changed to None is left out."""
        key = key or self.keys[0]
        now = int(START.timestamp())
        claims = {"iss": self.issuer, "aud": "secmon", "sub": "u-1", "iat": now, "exp": now + 3600}
        claims |= {"roles": ["supervisor"], "name": "Wang Fang", **changed}
        head = {"alg": alg, "kid": key.kid, **(header or {})}
        registry = jws.JWSRegistry(algorithms=[alg], strict_check_header=False)
        return jwt.encode(_given(head), _given(claims), key, registry=registry)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def trusting(provider: Provider, clock: FakeClock, **changed: str) -> Authenticator:
    """What verifies the tokens of `provider`, as an operator configures it."""
    trust = Trust(provider.issuer, "secmon", changed.get("role_claim", "roles"))
    keys = IssuerKeys(provider.issuer, changed.get("jwks_url"), clock)
    return Authenticator({provider.issuer: external_tokens(trust, keys, clock)}, clock)


def _given(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if value is not None}
