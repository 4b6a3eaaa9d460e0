"""The browser files that the package carries: fetched from npm as published, and held to their hashes.

`python -m tools.vendor` checks them; `python -m tools.vendor 5.35.0` fetches that version.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

FOLDER = Path(__file__).parent.parent / "secmon" / "openapi" / "static"
PACKAGE = "swagger-ui-dist"
REGISTRY = f"https://registry.npmjs.org/{PACKAGE}"
# What of the package is kept, and what it is called here.
FILES = {
    "swagger-ui-bundle.js": "swagger-ui-bundle.js",
    "swagger-ui.css": "swagger-ui.css",
    "swagger-ui-bundle.js.LICENSE.txt": "swagger-ui-bundle.js.LICENSE.txt",
    "LICENSE": "swagger-ui.LICENSE.txt",
}
OWN = {"docs.js", "docs.css", "vendored.json"}


def main() -> None:
    for version in sys.argv[1:2]:
        fetch(version)
    found = list(problems())
    for problem in found:
        print(problem, file=sys.stderr)
    if found:
        sys.exit(1)
    print(f"{PACKAGE} {pinned()['version']} is as it was published")


def pinned(folder: Path = FOLDER) -> dict[str, Any]:
    """Where the files come from, and the digests of each."""
    known: dict[str, Any] = json.loads((folder / "vendored.json").read_text("utf-8"))
    return known


def problems(folder: Path = FOLDER) -> Iterator[str]:
    """What is wrong with the files, a sentence each."""
    files = pinned(folder)["files"]
    for name, digests in files.items():
        content = (folder / name).read_bytes()
        if any(digests[kind] != digest for kind, digest in digests_of(content).items()):
            yield f"{name} is not what was published"
    for file in sorted(folder.iterdir()):
        if file.name not in files.keys() | OWN:
            yield f"{file.name} is neither vendored nor our own"


def digests_of(content: bytes) -> dict[str, str]:
    """SHA-256 for people and their tools, and the `integrity` that a browser holds the file to."""
    sha384 = base64.b64encode(hashlib.sha384(content).digest()).decode()
    return {"sha256": hashlib.sha256(content).hexdigest(), "integrity": f"sha384-{sha384}"}


def fetch(version: str) -> None:
    """Takes the files of that version. Raises where the archive is not the one that npm names."""
    said = json.loads(_read(f"{REGISTRY}/{version}"))
    archive = _read(said["dist"]["tarball"])
    _check(archive, said["dist"]["integrity"])
    contents = dict(_members(archive))
    for name, own_name in FILES.items():
        (FOLDER / own_name).write_bytes(contents[name])
    known = {
        "package": PACKAGE,
        "version": said["version"],
        "licence": said["license"],
        "source": said["dist"]["tarball"],
        "integrity": said["dist"]["integrity"],
        "files": {own_name: digests_of(contents[name]) for name, own_name in FILES.items()},
    }
    (FOLDER / "vendored.json").write_text(json.dumps(known, indent=2) + "\n", "utf-8")


def _members(archive: bytes) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as package:
        for name in FILES:
            member = package.extractfile(f"package/{name}")
            if member is None:
                sys.exit(f"{PACKAGE} has no file {name}")
            yield name, member.read()


def _check(archive: bytes, integrity: str) -> None:
    digest = "sha512-" + base64.b64encode(hashlib.sha512(archive).digest()).decode()
    if digest != integrity:
        sys.exit(f"{PACKAGE}: the archive is not the one that the registry names")


def _read(url: str) -> bytes:
    return httpx.get(url, timeout=60).raise_for_status().content


if __name__ == "__main__":
    main()
