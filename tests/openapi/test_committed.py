"""docs/openapi.json is the document of this very code, and the same whoever makes it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.service import NO_TLS, Service

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"


def made(seed: str) -> str:
    """The document of a fresh process, in which strings hash as `seed` has it."""
    command = [str(Path(sys.executable).with_name("secmon")), "openapi"]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("seed", ["1", "2"])
def test_it_is_current_and_the_same_in_every_process(seed: str) -> None:
    assert made(seed) == COMMITTED.read_text("utf-8"), "run `make openapi`"


def test_it_is_what_the_service_publishes(sqlite_service: Service) -> None:
    published = httpx.get(f"{sqlite_service.url}/openapi.json", verify=NO_TLS)
    assert published.json() == json.loads(COMMITTED.read_text("utf-8"))


def test_it_is_valid() -> None:
    OpenAPIV31SpecValidator(json.loads(COMMITTED.read_text("utf-8"))).validate()


def test_what_a_caller_loads_is_no_larger_than_it_must_be(sqlite_service: Service) -> None:
    document = httpx.get(f"{sqlite_service.url}/openapi.json", verify=NO_TLS)
    # Per operation: it grows with what the service does, and with nothing else.
    operations = sum(len(item) for item in document.json()["paths"].values())
    assert len(document.content) < 4_000 * operations
