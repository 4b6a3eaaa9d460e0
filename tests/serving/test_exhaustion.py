"""R50, A77: whoever says nothing, or says it slowly, is given up, and keeps nobody from being answered."""

from __future__ import annotations

import json
import resource
import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPResponse
from pathlib import Path

import httpx
import pytest

from secmon.serving.web import HEADERS_WITHIN_MS
from secmon.web.receiving import WAITING_THREADS
from tests.databases import fresh_database
from tests.logins.factories import login
from tests.processes import Running, environment_of, running
from tests.service import NO_TLS

SILENT, SLOW = 1_100, 24
# What a request may take here while others are given up, on a machine that does other things too.
ANSWERED_WITHIN_S = 5
GIVEN_UP_WITHIN_S = 20


@pytest.fixture(autouse=True)
def many_files() -> Iterator[None]:
    """This process holds the other ends."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4 * SILENT)), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Running]:
    """As it ships: a process with four threads."""
    with running(environment_of(fresh_database("sqlite"), tmp_path) | {"SECMON_THREADS": "4"}) as started:
        yield started


@contextmanager
def connections(service: Running, count: int, said: bytes) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        opened = []
        for _ in range(count):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", service.port), 10))
            connection.sendall(said)
            opened.append(connection)
        yield opened


def test_A77_silent_connections_stop_nobody_and_are_given_up(service: Running) -> None:
    half = SILENT // 2
    with (
        connections(service, half, b"") as silent,
        connections(service, SILENT - half, b"GET /livez HTTP/1.1\r\nHost:") as unfinished,
    ):
        for _ in range(3):
            assert httpx.get(f"{service.url}/livez", timeout=ANSWERED_WITHIN_S, verify=NO_TLS).is_success
        began = time.monotonic()
        assert [closed(connection) for connection in (silent[-1], unfinished[-1])] == [True, True]
        assert time.monotonic() - began < HEADERS_WITHIN_MS / 1000 + ANSWERED_WITHIN_S


def closed(connection: socket.socket) -> bool:
    """Whether the other side says goodbye, in time; it may say first what was wrong."""
    connection.settimeout(GIVEN_UP_WITHIN_S)
    return all(not block or b" 4" in block for block in iter(lambda: connection.recv(1000), b""))


@pytest.fixture
def wallet(service: Running) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {service.token('wallet')}"}
    with httpx.Client(
        base_url=service.url, headers=headers, timeout=ANSWERED_WITHIN_S, verify=NO_TLS
    ) as client:
        yield client


def test_A77_slow_bodies_of_authenticated_routes_leave_threads_to_the_others(
    service: Running, wallet: httpx.Client
) -> None:
    head = (
        "POST /v1/login-events HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
        f"Authorization: {wallet.headers['Authorization']}\r\nContent-Length: 1000\r\n\r\n{{"
    )
    with connections(service, SLOW, head.encode()) as senders:
        for _ in range(3):
            assert httpx.get(f"{service.url}/livez", timeout=ANSWERED_WITHIN_S, verify=NO_TLS).is_success
        # Those who are not waited for have been told to come again; whoever has a body at hand is served.
        told = [answer_to(sender) for sender in answered(senders, SLOW - WAITING_THREADS, ANSWERED_WITHIN_S)]
        assert {(answer.status, json.load(answer)["code"]) for answer in told} == {(503, "unavailable")}
        senders[0].close()
        assert wallet.get("/v1/accounts/nobody/standing").status_code == 404
    give_up = time.monotonic() + GIVEN_UP_WITHIN_S
    while (again := wallet.post("/v1/login-events", json=login("acct-1"))).status_code == 503:
        assert time.monotonic() < give_up, "a sender that went away still counts"
    assert again.status_code == 201


def test_a_body_that_arrives_in_time_in_pieces_is_read(service: Running) -> None:
    body = b"grant_type=client_credentials&client_id=nobody&client_secret=none"
    head = (
        b"POST /oauth/token HTTP/1.1\r\nHost: test\r\nContent-Length: %d\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n\r\n" % len(body)
    )
    with connections(service, 1, head) as (sender,):
        for piece in (body[:10], body[10:]):
            assert not select.select([sender], [], [], 0.5)[0]
            sender.sendall(piece)
        sender.settimeout(ANSWERED_WITHIN_S)
        assert answer_to(sender).status == 401


def answered(senders: list[socket.socket], count: int, within_s: float) -> list[socket.socket]:
    """Those that have been sent something, once they are as many."""
    give_up = time.monotonic() + within_s
    while len(readable := select.select(senders, [], [], 0.1)[0]) < count:
        assert time.monotonic() < give_up, f"only {len(readable)} were answered"
    return readable


def answer_to(sender: socket.socket) -> HTTPResponse:
    answer = HTTPResponse(sender)
    answer.begin()
    return answer
