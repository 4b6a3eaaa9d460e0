"""The files of the documentation page: what others wrote as it was published, and little of our own.

`vendored.json` beside them says where the former come from and what they hash to; `tools/vendor.py` fetches
and checks them.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent; `gzipped` is a quarter of it, for phones."""

    name: str
    content_type: str
    content: bytes
    gzipped: bytes
    sha256: str
    integrity: str  # What a browser holds it to (W3C Subresource Integrity).


@cache
def assets() -> Mapping[str, Asset]:
    """All of them by name, read when somebody first reads the documentation."""
    return {asset.name: asset for asset in _read()}


def _read() -> Iterator[Asset]:
    for file in files("secmon.openapi").joinpath("static").iterdir():
        content_type = TYPES.get(file.name[file.name.rfind(".") :])
        if content_type is not None:
            content = file.read_bytes()
            yield Asset(
                name=file.name,
                content_type=content_type,
                content=content,
                gzipped=gzip.compress(content, mtime=0),
                sha256=hashlib.sha256(content).hexdigest(),
                integrity=integrity(content),
            )


def integrity(content: bytes) -> str:
    """The digest as it stands in an `integrity` attribute."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()
