"""R49, A75: `.` and `..` are no identifiers: what builds or cleans a URL would take them for steps in it."""

from __future__ import annotations

import http.client
from typing import Any

import httpx
import jsonschema_rs
import pytest

from secmon.web.fields import IDENTIFIER_PATTERN
from tests.logins.factories import login
from tests.service import Service

DOTS = (".", "..", "%2e", "%2E%2e", ".%2e", "%2e.")
FINE = ("...", "..a", ".a", "a.", "a..", "a..b", "-", ":", "..-", "x" * 64, "." * 64, ".." + "x" * 62)
WRONG = (".", "..", "", "x" * 65, "." * 65, ".." + "x" * 63, "." + "x" * 64, "a b", "é", "a/b", "a\n")


def raw(service: Service, role: str, method: str, path: str) -> int:
    """The status of a request whose path no client library has cleaned."""
    host = httpx.URL(service.url)
    connection = http.client.HTTPConnection(host.host, host.port or 0, timeout=20)
    body = b"{}" if method in {"PUT", "POST", "PATCH"} else None
    headers = {"Authorization": f"Bearer {service.token(role)}", "Content-Type": "application/json"}
    connection.request(method, path, body=body, headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("dots", DOTS)
def test_A75_a_path_with_a_dot_segment_is_unknown(service: Service, dots: str) -> None:
    for method, path in (
        ("PUT", f"/v1/accounts/{dots}"),
        ("DELETE", f"/v1/accounts/{dots}"),
        ("GET", f"/v1/accounts/{dots}/standing"),
        ("POST", f"/v1/accounts/{dots}/freeze"),
        ("POST", f"/v1/accounts/{dots}/two-factor/verify"),
        ("POST", f"/v1/accounts/a/login-events/{dots}/challenge"),
        ("DELETE", f"/v1/accounts/a/devices/{dots}"),
    ):
        assert raw(service, "wallet", method, path) in {404, 405}, path


@pytest.mark.parametrize("dots", [".", ".."])
@pytest.mark.parametrize("field", ["account_id", "event_id", "device_id", "session_id"])
def test_A75_a_dot_segment_is_no_identifier_in_a_body(
    wallet: httpx.Client, account_id: str, field: str, dots: str
) -> None:
    event: dict[str, Any] = {**login(account_id), field: dots}
    answer = wallet.post("/v1/login-events", json=event)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{field}"]
    (result,) = wallet.post("/v1/login-events/batch", json={"events": [event]}).json()["results"]
    assert (result["status"], result["errors"][0]["pointer"]) == ("invalid", f"/events/0/{field}")


@pytest.mark.parametrize("account", FINE)
def test_what_only_looks_like_one_is_an_identifier(service: Service, account: str) -> None:
    assert raw(service, "wallet", "PUT", f"/v1/accounts/{account}") == 200


def test_A75_the_documented_pattern_says_the_same() -> None:
    documented = jsonschema_rs.validator_for({"type": "string", "pattern": IDENTIFIER_PATTERN})
    assert [one for one in FINE if not documented.is_valid(one)] == []
    assert [one for one in WRONG if one != "a\n" and documented.is_valid(one)] == []
