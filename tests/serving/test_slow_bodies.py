"""R50, A77: a body is there within its time, or is given up; nobody else waits for it."""

from __future__ import annotations

import json
import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from secmon.serving.exchange import BODY_WITHIN_S, LARGE_AT_A_TIME
from tests.databases import fresh_database
from tests.logins.factories import login
from tests.processes import Running, environment_of, running
from tests.senders import (
    ANSWERED_WITHIN_S,
    answer_to,
    answered,
    answered_by_now,
    chunk,
    connections,
    is_closed,
    post,
)
from tests.service import NO_TLS

SLOW = 50
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
LARGE = 100_000


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """As it ships: a process with four threads."""
    var_dir = tmp_path_factory.mktemp("slow")
    with running(environment_of(fresh_database("sqlite"), var_dir) | {"SECMON_THREADS": "4"}) as started:
        yield started


@pytest.fixture(scope="module")
def wallet(service: Running) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {service.token('wallet')}"}
    with httpx.Client(
        base_url=service.url, headers=headers, timeout=ANSWERED_WITHIN_S, verify=NO_TLS
    ) as client:
        yield client


def heads(wallet: httpx.Client, **more: str) -> dict[str, str]:
    """What stands in the head of a login event."""
    return {
        "Content-Type": "application/json",
        "Authorization": wallet.headers["Authorization"],
        **{name.replace("_", "-"): value for name, value in more.items()},
    }


def everybody_else_is_answered(wallet: httpx.Client, account_id: str) -> None:
    for _ in range(3):
        assert wallet.get("/livez").status_code == 200
        assert wallet.get("/v1/accounts/nobody/standing").status_code == 404
        assert wallet.post("/v1/login-events", json=login(account_id)).status_code == 201
        assert token_of_nobody(wallet).status_code == 401


def token_of_nobody(wallet: httpx.Client) -> httpx.Response:
    form = {"grant_type": "client_credentials", "client_id": "nobody", "client_secret": "none"}
    return httpx.post(f"{wallet.base_url}/oauth/token", data=form, timeout=ANSWERED_WITHIN_S, verify=NO_TLS)


def test_R50_a_body_that_is_not_there_in_time_is_given_up(service: Running, wallet: httpx.Client) -> None:
    by_length, by_chunks = heads(wallet, Content_Length="1000"), heads(wallet, Transfer_Encoding="chunked")
    large = heads(wallet, Content_Length=str(LARGE))
    slow = [
        # What it says at first, and what it says again and again.
        (post("/v1/login-events", by_length), b""),
        (post("/v1/login-events", by_length, b"{"), b" "),
        (post("/v1/login-events", by_chunks), chunk(b" ")),
        (post("/v1/login-events", large, b"{"), b" "),
        (post("/oauth/token", FORM | {"Content-Length": "100"}, b"grant_type="), b"x"),
    ]
    began = time.monotonic()
    with ExitStack() as stack:
        senders = [stack.enter_context(connections(service.port, 1, said))[0] for said, _ in slow]
        while time.monotonic() - began < BODY_WITHIN_S - 1:
            for sender, (_, again) in zip(senders, slow, strict=True):
                sender.sendall(again)
            assert not select.select(senders, [], [], 0.2)[0]
        answered(senders, len(slow), 1 + ANSWERED_WITHIN_S)
        for sender in senders:
            answer = answer_to(sender)
            told = json.load(answer)
            assert (answer.status, told["code"]) == (408, "body_too_slow")
            assert answer.headers["X-Request-Id"] == told["request_id"]
            assert is_closed(sender)


def test_A77_slow_bodies_leave_threads_to_everybody_else(service: Running, wallet: httpx.Client) -> None:
    slow = [
        post("/v1/login-events", heads(wallet, Content_Length="1000"), b"{"),
        post("/oauth/token", FORM | {"Content-Length": "100"}, b"grant_type="),
        post("/alerts/any", FORM | {"Content-Length": "100"}, b"answer="),
    ]
    with ExitStack() as stack:
        senders = [
            sender for said in slow for sender in stack.enter_context(connections(service.port, SLOW, said))
        ]
        everybody_else_is_answered(wallet, "acct-slow")
        assert not answered_by_now(senders)


def test_A77_large_bodies_are_received_by_few_at_a_time(service: Running, wallet: httpx.Client) -> None:
    said = post("/v1/login-events/batch", heads(wallet, Content_Length=str(LARGE)), b"{")
    with connections(service.port, LARGE_AT_A_TIME, said) as senders:
        everybody_else_is_answered(wallet, "acct-large")
        # One of the others, which come too late; whoever came in time is still waited for.
        assert large_batch(wallet).status_code == 503
        assert not answered_by_now(senders)
    # Who went away counts no longer.
    give_up = time.monotonic() + ANSWERED_WITHIN_S
    while (again := large_batch(wallet)).status_code == 503:
        assert time.monotonic() < give_up
    assert again.status_code == 200


def large_batch(wallet: httpx.Client, prefix: str = "large") -> httpx.Response:
    return wallet.post("/v1/login-events/batch", content=lines(prefix), headers=NDJSON)


NDJSON = {"Content-Type": "application/x-ndjson"}


def lines(prefix: str) -> bytes:
    """A batch, a line an event, of more than is received of anybody."""
    events: list[dict[str, Any]] = [login(f"{prefix}-{number}") for number in range(100)]
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def test_a_body_that_arrives_in_time_in_pieces_is_read(service: Running) -> None:
    body = b"grant_type=client_credentials&client_id=nobody&client_secret=none"
    by_length = [post("/oauth/token", FORM | {"Content-Length": str(len(body))}), body[:10], body[10:]]
    by_chunks = [
        post("/oauth/token", FORM | {"Transfer-Encoding": "chunked"}),
        chunk(body[:10]),
        chunk(body[10:]) + b"0\r\n\r\n",
    ]
    for head, *pieces in (by_length, by_chunks):
        with connections(service.port, 1, head) as (sender,):
            for piece in pieces:
                assert not select.select([sender], [], [], 0.5)[0]
                sender.sendall(piece)
            assert answer_to(sender).status == 401


def test_a_large_body_in_many_chunks_is_read_to_its_end(service: Running, wallet: httpx.Client) -> None:
    body = lines("chunked")
    said = post("/v1/login-events/batch", heads(wallet, Transfer_Encoding="chunked") | NDJSON)
    with connections(service.port, 1, said) as (sender,):
        sender.sendall(b"".join(chunk(body[at : at + 7]) for at in range(0, len(body), 7)) + b"0\r\n\r\n")
        results = json.load(answer_to(sender))["results"]
    assert [result["status"] for result in results] == ["created"] * 100


def test_a_large_body_without_a_token_is_not_received(service: Running) -> None:
    head = {"Content-Type": "application/json", "Content-Length": str(LARGE)}
    with connections(service.port, 1, post("/v1/login-events", head)) as (sender,):
        assert answer_to(sender).status == 401


def test_a_body_is_as_large_as_its_route_takes(service: Running, wallet: httpx.Client) -> None:
    for path, headers, size in (
        ("/oauth/token", FORM, 16 * 1024),
        ("/alerts/any", FORM, 16 * 1024),
        ("/v1/login-events", heads(wallet), 1024 * 1024),
    ):
        # Of what is announced nothing has to come, and no more than too much of what is not.
        announced = post(path, headers | {"Content-Length": str(size + 1)})
        unannounced = post(path, headers | {"Transfer-Encoding": "chunked"}, chunk(b"x" * (size + 1)))
        for said in (announced, unannounced):
            with connections(service.port, 1, said) as (sender,):
                answer = answer_to(sender)
                assert (answer.status, json.load(answer)["code"]) == (413, "body_too_large")


def test_of_a_body_that_breaks_off_nothing_is_done(service: Running, wallet: httpx.Client) -> None:
    event = json.dumps(login("acct-broken")).encode()
    batch = "/v1/login-events/batch"
    by_chunks = heads(wallet, Transfer_Encoding="chunked") | NDJSON
    for said in (
        post(batch, by_chunks, chunk(event + b"\n")),
        post(batch, by_chunks, chunk(event + b"\n" + b" " * LARGE)),
        post(batch, heads(wallet, Content_Length=str(LARGE)) | NDJSON, event + b"\n"),
        post(batch, heads(wallet, Content_Length="9000") | NDJSON, event + b"\n"),
    ):
        with connections(service.port, LARGE_AT_A_TIME, said) as senders:
            everybody_else_is_answered(wallet, "acct-beside")
            for sender in senders:
                sender.shutdown(socket.SHUT_RDWR)
    everybody_else_is_answered(wallet, "acct-beside")
    assert wallet.get("/v1/accounts/acct-broken/standing").status_code == 404


def test_a_large_request_is_counted_once(tmp_path: Path) -> None:
    environment = environment_of(fresh_database("sqlite"), tmp_path, SECMON_CLIENT_RATE_LIMIT="2 per hour")
    with running(environment) as service:
        headers = {"Authorization": f"Bearer {service.token('wallet')}", "Content-Type": "application/json"}
        statuses = [
            httpx.post(
                f"{service.url}/v1/accounts/acct-1/credential-changes",
                content=b" " * LARGE,
                headers=headers,
                verify=NO_TLS,
            ).status_code
            for _ in range(3)
        ]
    assert statuses == [400, 400, 429]


def test_R50_who_is_waited_for_when_the_service_stops_is_told(tmp_path: Path) -> None:
    head = post("/oauth/token", FORM | {"Content-Length": "100"}, b"grant_type=")
    with (
        running(environment_of(fresh_database("sqlite"), tmp_path)) as service,
        connections(service.port, SLOW, head) as senders,
    ):
        assert not answered_by_now(senders)
        began = time.monotonic()
        service.process.terminate()
        assert {answer_to(sender).status for sender in senders} == {408}
        assert service.process.wait(30) == 0
        assert time.monotonic() - began < BODY_WITHIN_S - 1
