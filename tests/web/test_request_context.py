"""Each answer names its request, and continues the trace that it is a part of."""

from __future__ import annotations

import httpx
import pytest
import structlog

from secmon.web.frame import parse_traceparent
from tests.web.probe import Probe

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def test_every_answer_has_a_request_id_of_its_own(http: httpx.Client) -> None:
    ids = {
        http.get(path).headers["X-Request-Id"] for path in ("/livez", "/livez", "/nowhere", "/v1/things/bug")
    }
    assert len(ids) == 4


def test_a_problem_holds_the_request_id_of_its_answer(http: httpx.Client) -> None:
    answer = http.get("/nowhere", headers={"X-Request-Id": "caller-7"})
    assert answer.headers["X-Request-Id"] == answer.json()["request_id"] == "caller-7"


@pytest.mark.parametrize("claimed", ["", "a b", "a" * 129, "a;b", "<script>", "é"])
def test_a_request_id_that_could_mean_anything_is_replaced(http: httpx.Client, claimed: str) -> None:
    answer = http.get("/livez", headers={b"X-Request-Id": claimed.encode()})
    assert answer.headers["X-Request-Id"] != claimed
    assert len(answer.headers["X-Request-Id"]) == 32


def test_a_valid_trace_is_continued_by_a_span_of_our_own(http: httpx.Client) -> None:
    answer = http.get("/livez", headers={"traceparent": f"00-{TRACE}-{PARENT}-01"})
    version, trace_id, span_id, flags = answer.headers["traceparent"].split("-")
    assert (version, trace_id, flags) == ("00", TRACE, "01")
    assert span_id != PARENT


def test_an_invalid_trace_is_ignored(http: httpx.Client) -> None:
    answer = http.get("/livez", headers={"traceparent": f"00-{TRACE}-{PARENT}"})
    assert answer.status_code == 200
    assert "traceparent" not in answer.headers


def test_nothing_of_a_request_stays_for_the_next_one_of_its_thread(sqlite_probe: Probe) -> None:
    caller = sqlite_probe.app.test_client()
    caller.get("/livez", headers={"X-Request-Id": "first", "traceparent": f"00-{TRACE}-{PARENT}-01"})
    caller.get("/livez", headers={"X-Request-Id": "second"})
    assert structlog.contextvars.get_contextvars() == {"request_id": "second"}


@pytest.mark.parametrize(
    "header",
    [
        "",
        f"00-{TRACE}-{PARENT}-0",
        f"00-{TRACE}-{PARENT}-01-more",
        f"00-{TRACE.upper()}-{PARENT}-01",
        f"00-{'0' * 32}-{PARENT}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"ff-{TRACE}-{PARENT}-01",
        f"0-{TRACE}-{PARENT}-01",
        f" 00-{TRACE}-{PARENT}-01",
        f"00-{TRACE}-{PARENT}-01,00-{TRACE}-{PARENT}-01",
        f"01-{TRACE}-{PARENT}-01more",
        f"00-{'１' * 32}-{PARENT}-01",
    ],
)
def test_a_traceparent_is_read_strictly(header: str) -> None:
    assert parse_traceparent(header) is None


@pytest.mark.parametrize(
    ("header", "sampled"),
    [
        (f"00-{TRACE}-{PARENT}-00", False),
        (f"00-{TRACE}-{PARENT}-03", True),
        (f"cc-{TRACE}-{PARENT}-01-what-the-future-will-be-like", True),
    ],
)
def test_valid_traceparents_of_this_and_later_versions(header: str, sampled: bool) -> None:
    trace = parse_traceparent(header)
    assert trace is not None
    assert (trace.trace_id, trace.parent_id, trace.sampled) == (TRACE, PARENT, sampled)
