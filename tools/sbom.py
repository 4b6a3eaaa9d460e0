"""`python -m tools.sbom requirements.txt` prints what the service is built from, as CycloneDX 1.6."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)(?P<rest>(?:.*\\\n)*.*)", re.MULTILINE)
SHA256 = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def main() -> None:
    requirements = Path(sys.argv[1]).read_text("utf-8")
    json.dump(bill_of_materials(requirements), sys.stdout, indent=2)
    print()


def bill_of_materials(requirements: str) -> dict[str, Any]:
    """The document for a lock file with hashes; packages for other platforms are listed without a licence."""
    this = {"type": "application", "name": "secmon", "version": metadata.version("secmon")}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": this | {"licenses": [{"expression": "Apache-2.0"}]}},
        "components": list(components(requirements)),
    }


def components(requirements: str) -> Iterator[dict[str, Any]]:
    """One for each pinned package; every file that the lock file accepts is a distribution with its hash."""
    for pinned in PINNED.finditer(requirements):
        name, version = pinned["name"], pinned["version"]
        purl = f"pkg:pypi/{name.lower()}@{version}"
        yield {
            "type": "library",
            "bom-ref": purl,
            "name": name,
            "version": version,
            "purl": purl,
            "licenses": licences(name),
            # Each entry is one published file of this version: a wheel for some platform, or the source.
            "externalReferences": [
                {"type": "distribution", "url": purl, "hashes": [{"alg": "SHA-256", "content": digest}]}
                for digest in SHA256.findall(pinned["rest"])
            ],
        }


def licences(package: str) -> list[dict[str, Any]]:
    """The SPDX expression where the package states one, else its own words, else its classifiers."""
    try:
        stated = metadata.metadata(package)
    except metadata.PackageNotFoundError:
        return []
    if "License-Expression" in stated:
        return [{"expression": stated["License-Expression"]}]
    classifiers = [
        line.rpartition(" :: ")[2]
        for line in stated.get_all("Classifier", [])
        if line.startswith("License ::")
    ]
    own_words = [stated["License"].split("\n")[0]] if "License" in stated else []
    return [{"license": {"name": name}} for name in classifiers or own_words]


if __name__ == "__main__":
    main()
