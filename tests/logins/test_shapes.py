"""What is read in one pass is what the schema would load, and nothing that the schema refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secmon.core.errors import Invalid
from secmon.logins import shapes
from secmon.logins.requests import LOGIN_EVENT
from secmon.logins.schemas import LoginEventRequest
from secmon.web import body, strict_json

SCHEMA = LoginEventRequest()
RIGHT: dict[str, Any] = {
    **LOGIN_EVENT,
    "geo": {
        "country": "CN",
        "city": "杭州",
        "latitude": 30,
        "longitude": 120.2,
        "asn": 4134,
        "hosting": False,
    },
    "amr": ["pwd", "otp"],
}
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 12.0, 12.9, 1e30, 2**53, 2**70, "", " ", "x", "CN", "cn", "ZZ", "otp"),
    *(
        "success",
        "failure",
        "bad_password",
        "app",
        "app ",
        "203.0.113.7",
        "::ffff:1.2.3.4",
        "1.2.3",
        "fe80::1%1",
    ),
    *("2026-09-28T14:05:11+08:00", "2026-09-28t14:05:11z", "2026-09-28T14:05:11", "2026-13-01T00:00:00Z"),
    *(
        "0001-01-01T00:00:00+23:59",
        "2026-09-28T14:05:11.1234567Z",
        "2026-09-28 14:05:11Z",
        "２026-09-28T14:05:11Z",
    ),
    *(".", "..", "a/b", "a" * 64, "a" * 65, "é", "install:0123456789abcdef01234567", "x" * 4097, "\n", "\0"),
    *([], ["pwd"], ["PWD"], [None], ["pwd"] * 9, {}, {"country": "CN"}, {"latitude": 91, "longitude": 0}),
    *({"latitude": 1}, {"asn": 0}, {"asn": 1.0}, {"other": 1}, {"city": ""}, {"region": "x" * 65}, [[]]),
)
NAMES = sorted({*RIGHT, "failure_reason", "device_proof", "event_ids", "geo"})


def loaded(raw: bytes) -> dict[str, Any] | None:
    """What the schema makes of it; None where it is refused."""
    try:
        parsed = strict_json.parse(raw)
        body.require_clean(parsed)
        return body.load(SCHEMA, parsed.document)
    except (Invalid, ValueError):
        return None


def as_json(event: dict[str, Any], *, ascii_only: bool = False) -> bytes:
    return json.dumps(event, ensure_ascii=ascii_only).encode()


def test_a_right_event_is_read_at_once() -> None:
    assert shapes.read(as_json(RIGHT)) == loaded(as_json(RIGHT)) is not None


@pytest.mark.parametrize("name", NAMES)
def test_a_field_is_taken_as_the_schema_takes_it(name: str) -> None:
    for value in (*VALUES, ...):
        event = {**RIGHT, name: value} if value is not ... else {k: v for k, v in RIGHT.items() if k != name}
        raw = as_json(event)
        found = shapes.read(raw)
        assert found is None or found == loaded(raw), value
        if b"\\" not in raw:
            assert (found is None) == (loaded(raw) is None), value


@settings(deadline=None, max_examples=400)
@given(
    changed=st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES), max_size=4),
    geo=st.dictionaries(st.sampled_from([*RIGHT["geo"], "region"]), st.sampled_from(VALUES), max_size=3),
    ascii_only=st.booleans(),
)
def test_nothing_is_taken_that_the_schema_refuses(
    changed: dict[str, Any], geo: dict[str, Any], ascii_only: bool
) -> None:
    event = {**RIGHT, "geo": {**RIGHT["geo"], **geo}, **changed}
    raw = as_json(event, ascii_only=ascii_only)
    found = shapes.read(raw)
    assert found is None or found == loaded(raw)


@settings(deadline=None, max_examples=300)
@given(at=st.integers(0, 1_000), byte=st.binary(min_size=0, max_size=2), cut=st.integers(0, 3))
def test_text_with_an_accident_in_it_is_taken_as_the_schema_takes_it(at: int, byte: bytes, cut: int) -> None:
    right = as_json(RIGHT)
    at %= len(right)
    raw = right[:at] + byte + right[at + cut :]
    found = shapes.read(raw)
    assert found is None or found == loaded(raw)


@pytest.mark.parametrize("name", ["account_id", "outcome", "amr", "geo"])
def test_a_member_that_is_named_twice_is_the_schema_s_to_refuse(name: str) -> None:
    """A reader that takes the last of two would judge another event than one that takes the first."""
    twice = as_json(RIGHT)[:-1] + b"," + as_json({name: RIGHT[name]})[1:]
    assert shapes.read(twice) is None
    inner = as_json(RIGHT).replace(b'"asn": 4134', b'"asn": 4134, "asn": 4135')
    assert shapes.read(inner) is None


def test_a_batch_of_right_events_is_read_at_once() -> None:
    one = as_json(RIGHT)
    assert shapes.events(b'{"events": [' + one + b", " + one + b"]}") == [loaded(one)] * 2
    wrong = (b"[]", b"{}", b'{"events": []}', b'{"events": 1}', b'{"events": [1]}')
    twice = b'{"events": [' + one + b'], "events": [' + one + b"]}"
    more = b'{"events": [' + one + b'], "more": 1}'
    for other in (*wrong, twice, more, b'{"events": [' + one + b", 1]}"):
        assert shapes.events(other) is None
