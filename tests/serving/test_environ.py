"""A head as WSGI has it: what a sender may write, and what an application is told."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from secmon.serving.exchange import environ_of


@dataclass
class Headers:
    """As granian's: in order, without the values that are not ASCII."""

    sent: list[tuple[str, str]]

    def items(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in self.sent if value.isascii()]

    def keys(self) -> list[str]:
        return list(dict(self.sent))

    def __len__(self) -> int:
        return len(self.keys())


@dataclass
class Scope:
    headers: Headers = field(default_factory=lambda: Headers([]))
    client: str = "192.0.2.1:4711"
    server: str = "192.0.2.9:8000"
    path: str = "/v1/账"
    method: str = "POST"
    query_string: str = "a=1"
    scheme: str = "http"
    http_version: str = "1.1"


def headers(*sent: tuple[str, str]) -> dict[str, str]:
    environ = environ_of(Scope(Headers(list(sent))))
    names = ("CONTENT_TYPE", "CONTENT_LENGTH")
    return {name: value for name, value in environ.items() if name.startswith("HTTP_") or name in names}


def test_a_path_is_bytes_in_disguise() -> None:
    environ = environ_of(Scope())
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/v1/账"
    assert (environ["SERVER_NAME"], environ["SERVER_PORT"]) == ("192.0.2.9", "8000")
    assert (environ["SERVER_PROTOCOL"], environ["QUERY_STRING"]) == ("HTTP/1.1", "a=1")


@pytest.mark.parametrize(
    ("client", "address"),
    [("192.0.2.1:4711", "192.0.2.1"), ("[2001:db8::1]:80", "2001:db8::1"), ("[fe80::1%2]:80", "fe80::1")],
)
def test_the_peer_is_an_address_alone(client: str, address: str) -> None:
    assert environ_of(Scope(client=client))["REMOTE_ADDR"] == address


def test_headers_that_come_twice_are_one() -> None:
    twice = [("accept", "a"), ("accept", "b"), ("cookie", "c=1"), ("cookie", "d=2"), ("content-length", "5")]
    assert headers(*twice, ("content-length", "5"), ("content-type", "t")) == {
        "HTTP_ACCEPT": "a,b",
        "HTTP_COOKIE": "c=1;d=2",
        "CONTENT_LENGTH": "5",
        "CONTENT_TYPE": "t",
    }


def test_A34_a_name_with_an_underscore_is_no_other_name() -> None:
    sent = [("x-forwarded-for", "192.0.2.1"), ("x_forwarded_for", "203.0.113.9"), ("x_real_ip", "1")]
    assert headers(*sent) == {"HTTP_X_FORWARDED_FOR": "192.0.2.1"}


def test_what_is_not_ascii_was_sent_all_the_same() -> None:
    assert headers(("idempotency-key", "é"), ("accept", "a")) == {
        "HTTP_IDEMPOTENCY_KEY": "",
        "HTTP_ACCEPT": "a",
    }
