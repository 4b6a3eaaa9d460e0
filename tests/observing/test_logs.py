"""Logs are one JSON object a line (A29), name their request, and hold no secret (A39)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.observing.log_script import SECRETS

ROOT = Path(__file__).parents[2]
Line = dict[str, Any]


@pytest.fixture(scope="module")
def output() -> str:
    """What a process wrote on its standard output."""
    command = [sys.executable, "-m", "tests.observing.log_script"]
    return subprocess.run(command, capture_output=True, check=True, text=True, cwd=ROOT).stdout


@pytest.fixture(scope="module")
def lines(output: str) -> list[Line]:
    return [json.loads(line) for line in output.splitlines()]


def events(lines: list[Line], name: str) -> list[Line]:
    return [line for line in lines if line["event"] == name]


def test_a29_every_line_is_one_object_and_nothing_forges_another(output: str, lines: list[Line]) -> None:
    assert output.isascii()
    assert output.isprintable() is False
    assert all(set(line) >= {"at", "level", "event"} for line in lines)
    assert not events(lines, "forged")
    assert events(lines, "line\nbreak\r\u2028\u0085\x1b[31m")


@pytest.mark.parametrize("secret", SECRETS)
def test_a39_no_secret_is_in_the_logs(output: str, secret: str) -> None:
    assert secret not in output


def test_each_request_is_one_line_with_its_route_and_not_its_path(lines: list[Line]) -> None:
    requests = events(lines, "request")
    assert [(line["method"], line["route"], line["status"]) for line in requests] == [
        ("POST", "/v1/things", 422),
        ("GET", "/v1/things", 200),
        ("GET", "unmatched", 404),
        ("GET", "/livez", 200),
        ("POST", "/v1/things/bug", 500),
        ("POST", "/v1/things/broken", 500),
    ]
    assert all(line["ms"] >= 0 and line["address"] == "127.0.0.1" for line in requests)
    assert [line["client_id"] for line in requests] == ["wallet", "wallet", None, None, None, "wallet"]


def test_a_line_names_its_request_and_its_trace(lines: list[Line]) -> None:
    requests = events(lines, "request")
    assert requests[1]["request_id"] == "chosen-1"
    assert requests[3]["trace_id"] == "a" * 32
    assert "trace_id" not in requests[4]
    assert len({line["request_id"] for line in requests}) == len(requests)


def test_outside_of_a_request_no_request_is_named(lines: list[Line]) -> None:
    assert "request_id" not in next(line for line in lines if line.get("plain") == "kept")


def test_a_mistake_is_logged_with_its_place_and_without_its_message(lines: list[Line]) -> None:
    bug, broken = events(lines, "unhandled_error")
    assert bug["exception"][0]["kind"] == "builtins.RuntimeError"
    assert any(
        "probe_routes.py" in place and place.endswith(" fail") for place in bug["exception"][0]["where"]
    )
    assert bug["request_id"] == events(lines, "request")[4]["request_id"]
    assert broken["exception"][0]["kind"] == "sqlalchemy.exc.OperationalError"


def test_secrets_are_hidden_by_name_and_by_look_and_the_rest_is_kept(lines: list[Line]) -> None:
    line = next(line for line in lines if line.get("plain") == "kept")
    assert line["token"] == line["phone"] == line["nested"]["client_secret"] == "[hidden]"
    assert line["note"] == "[hidden]"
    assert line["url"] == "postgresql[hidden]@db/secmon"


def test_libraries_are_heard_when_something_is_wrong(lines: list[Line]) -> None:
    (line,) = (line for line in lines if line.get("logger") == "some.library")
    assert (line["event"], line["level"]) == ("it says this\nin two lines", "warning")
    assert not events(lines, "not_at_this_level")
