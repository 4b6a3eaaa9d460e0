"""What does not fit is refused with a pointer to it, and leaves nothing behind (R20, A04, A27)."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.web.probe import Probe

NAME = "bad-input"


@pytest.fixture
def client(sqlite_probe: Probe) -> Iterator[httpx.Client]:
    with sqlite_probe.client() as client:
        yield client
    assert sqlite_probe.things(NAME) == 0


def post(client: httpx.Client, body: bytes, content_type: str = "application/json") -> httpx.Response:
    return client.post("/v1/things", content=body, headers={"Content-Type": content_type})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"name": }',
        b'{"name": "x"} {"name": "y"}',
        b'{"name": "x", "ratio": NaN}',
        b'{"name": "x", "ratio": -Infinity}',
        b'{"name": "\xff\xfe"}',
        b'{"name": "x\x00y"}',
        '{"name": "x"}'.encode("utf-16"),
        b"\xef\xbb\xbf" + b'{"name": "x"}',
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b'{"name": "x", "count": ' + b"9" * 5_000 + b"}",
    ],
    ids=repr,
)
def test_a27_what_is_no_json_in_utf8_is_malformed(client: httpx.Client, body: bytes) -> None:
    answer = post(client, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"count": "5"}, "/count"),
        ({"count": 12.9}, "/count"),
        ({"count": 12.0}, "/count"),
        ({"count": True}, "/count"),
        ({"count": "５"}, "/count"),
        ({"count": 2**53}, "/count"),
        ({"count": -(2**53)}, "/count"),
        ({"count": None}, "/count"),
        ({"ratio": "1.5"}, "/ratio"),
        ({"ratio": True}, "/ratio"),
        ({"ratio": [1]}, "/ratio"),
        ({"flag": "yes"}, "/flag"),
        ({"flag": 1}, "/flag"),
        ({"flag": "true"}, "/flag"),
        ({"kind": "c"}, "/kind"),
        ({"kind": ["a"]}, "/kind"),
        ({"kind": {"a": "b"}}, "/kind"),
        ({"thing_id": "a b"}, "/thing_id"),
        ({"thing_id": "x\n"}, "/thing_id"),
        ({"thing_id": "ａ"}, "/thing_id"),
        ({"thing_id": ""}, "/thing_id"),
        ({"thing_id": "x" * 65}, "/thing_id"),
        ({"thing_id": 7}, "/thing_id"),
        ({"name": ""}, "/name"),
        ({"name": "x" * 41}, "/name"),
        ({"name": 5}, "/name"),
        ({"name": None}, "/name"),
        ({"role": "admin"}, "/role"),
        ({"a/b~c": 1}, "/a~1b~0c"),
        ({"parts": {}}, "/parts"),
        ({"parts": "ip"}, "/parts"),
        ({"parts": [{}, 7]}, "/parts/1"),
        ({"parts": [{}, {"ip": "1.2.3.999"}]}, "/parts/1/ip"),
        ({"parts": [{"ip": "fe80::1%eth0"}]}, "/parts/0/ip"),
        ({"parts": [{"ip": 3405803783}]}, "/parts/0/ip"),
        ({"parts": [{"ip": "１.1.1.1"}]}, "/parts/0/ip"),
        ({"parts": [{"at": "2026-11-22T10:00:00"}]}, "/parts/0/at"),
        ({"parts": [{"at": "2026-13-22T10:00:00Z"}]}, "/parts/0/at"),
        ({"parts": [{"at": "2026-02-30T10:00:00Z"}]}, "/parts/0/at"),
        ({"parts": [{"at": "0000-01-01T00:00:00Z"}]}, "/parts/0/at"),
        ({"parts": [{"at": "0001-01-01T00:00:00+23:59"}]}, "/parts/0/at"),
        ({"parts": [{"at": "2026-11-22"}]}, "/parts/0/at"),
        ({"parts": [{"at": 1795312800}]}, "/parts/0/at"),
        ({"parts": [{"at": "2026-11-22T10:00:00Z\n"}]}, "/parts/0/at"),
        ({"parts": [{"smuggled": 1}]}, "/parts/0/smuggled"),
    ],
)
def test_a04_a_type_is_what_it_says(client: httpx.Client, wrong: dict[str, Any], pointer: str) -> None:
    answer = client.post("/v1/things", json={"name": NAME, **wrong})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_fields")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (rb'{"name": "bad-input", "kind": "a\u0000"}', "/kind"),
        (rb'{"name": "bad-input", "\u0000": 1}', ""),
        (rb'{"name": "\ud800"}', "/name"),
        (rb'{"name": "bad-input", "thing_id": "\ud800"}', "/thing_id"),
        (rb'{"name": "bad-input", "parts": [{"ip": ["\udfff"]}]}', "/parts/0/ip/0"),
        (rb'{"name": "\u0000' + b'"' + b', "parts": ' + b"[" * 900 + b"]" * 900 + b"}", "/name"),
    ],
)
def test_a27_a_character_that_no_database_takes_is_refused(
    client: httpx.Client, body: bytes, pointer: str
) -> None:
    answer = post(client, body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b'{"name": "bad-input", "name": "bad-input"}', ""),
        (b'{"name": "bad-input", "parts": [{"ip": "192.0.2.1", "ip": "192.0.2.2"}]}', "/parts/0"),
    ],
)
def test_a_member_named_twice_is_refused(client: httpx.Client, body: bytes, pointer: str) -> None:
    answer = post(client, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_fields")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize(
    "wrong",
    [
        {f"unknown-{number}": 1 for number in range(10_000)},
        {"parts": [{"ip": "x"}] * 10_000},
        {"parts": ["\0"] * 10_000},
    ],
    ids=["unknown", "nested", "forbidden"],
)
def test_a_list_of_errors_stops_at_a_hundred(client: httpx.Client, wrong: dict[str, Any]) -> None:
    answer = client.post("/v1/things", json={"name": NAME, **wrong})
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 100


@pytest.mark.parametrize("document", [[], "name", 7, None, True])
def test_a_body_that_is_no_object_is_refused(client: httpx.Client, document: Any) -> None:
    answer = client.post(
        "/v1/things", content=json.dumps(document), headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "")


@pytest.mark.parametrize(
    "content_type", ["text/plain", "", "application/x-www-form-urlencoded", "application/jsonp"]
)
def test_another_content_type_is_refused(client: httpx.Client, content_type: str) -> None:
    answer = post(client, b'{"name": "bad-input"}', content_type)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_a27_a_body_of_10_mb_is_refused(client: httpx.Client) -> None:
    answer = post(client, b'{"name": "' + b"x" * 10_000_000 + b'"}')
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_a27_a_body_without_end_is_refused_before_its_end(sqlite_probe: Probe) -> None:
    head = (
        b"POST /v1/things HTTP/1.1\r\nHost: probe\r\nAuthorization: Bearer wallet\r\n"
        b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    with socket.create_connection(sqlite_probe.address, timeout=10) as connection:
        connection.sendall(head)
        for _ in range(17):
            connection.sendall(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a27_a_body_without_a_length_is_not_cut_off(client: httpx.Client) -> None:
    document = b'{"name": "bad-input"}'
    padded = [document, *[b" " * 1024] * 1023, b" " * 1024, b"{"]
    answer = client.post("/v1/things", content=iter(padded), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def test_strictly_typed_values_get_in(sqlite_probe: Probe) -> None:
    thing = {
        "name": "名 \t🐼 x",
        "count": -3,
        "ratio": 2,
        "flag": False,
        "kind": "a",
        "thing_id": "A.z_9:-",
        "parts": [
            {"ip": "::ffff:203.0.113.7", "at": "2026-11-22t10:00:00.123456789+08:00"},
            {"ip": "2001:DB8::1"},
        ],
    }
    with sqlite_probe.client() as client:
        assert client.post("/v1/things", json=thing).status_code == 201
