"""A request's head as WSGI has it (PEP 3333), made of granian's RSGI scope."""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import Any

_ALWAYS: dict[str, Any] = {
    "GATEWAY_INTERFACE": "CGI/1.1",
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    # werkzeug may read a body without a length to its end.
    "wsgi.input_terminated": True,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}
# WSGI has two headers without the prefix.
_BARE = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


def environ_of(scope: Any) -> dict[str, Any]:
    """All of it but `wsgi.input`."""
    server, port = _address(scope.server)
    return {
        **_ALWAYS,
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": _address(scope.client)[0],
        "REQUEST_METHOD": scope.method,
        # WSGI's strings are bytes in disguise.
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "wsgi.url_scheme": scope.scheme,
        **_headers(scope.headers),
    }


def _headers(headers: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers.items():
        key = _key(name)
        if key is None:
            continue
        if key not in found:
            found[key] = value
        elif name not in _BARE:
            found[key] += f"{';' if name == 'cookie' else ','}{value}"
    # What is not ASCII is left out above; that it was sent must not be.
    if len(found) < len(headers):
        for name in headers.keys():  # noqa: SIM118 - No mapping.
            key = _key(name)
            if key is not None:
                found.setdefault(key, "")
    return found


@lru_cache(maxsize=1024)
def _key(name: str) -> str | None:
    """None for a name with an underscore: X_Forwarded_For would be taken for X-Forwarded-For."""
    if "_" in name:
        return None
    return _BARE.get(name) or f"HTTP_{name.upper().replace('-', '_')}"


def _address(text: str) -> tuple[str, str]:
    """Host and port of 192.0.2.1:80 or [2001:db8::1%2]:80, without the interface."""
    host, _, port = text.rpartition(":")
    return host.strip("[]").partition("%")[0], port
