"""Whoever shows no token and sends slowly keeps nobody else from being answered."""

from __future__ import annotations

import json
import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPResponse
from pathlib import Path

import httpx
import pytest

from tests.databases import fresh_database
from tests.logins.factories import login
from tests.processes import Running, environment_of, running
from tests.service import NO_TLS

SLOW = 24
ANSWERED_WITHIN_S = 60
FORM = {"grant_type": "client_credentials", "client_id": "nobody", "client_secret": "none"}


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Running]:
    """As it ships: a process with four threads."""
    with running(environment_of(fresh_database("sqlite"), tmp_path) | {"SECMON_THREADS": "4"}) as started:
        yield started


@contextmanager
def slow_senders(port: int) -> Iterator[list[socket.socket]]:
    """Connections that announce a body, to either of the open routes that read one, and send a part of it."""
    with ExitStack() as open_ones:
        senders = []
        for number in range(SLOW):
            path = "/oauth/token" if number % 2 else "/alerts/any"
            sender = open_ones.enter_context(socket.create_connection(("127.0.0.1", port)))
            sender.settimeout(ANSWERED_WITHIN_S)
            sender.sendall(
                f"POST {path} HTTP/1.1\r\nHost: test\r\nContent-Length: 100\r\n"
                "Content-Type: application/x-www-form-urlencoded\r\n\r\ngrant_type=".encode()
            )
            senders.append(sender)
        yield senders


def ask_for_token(service: Running) -> httpx.Response:
    return httpx.post(f"{service.url}/oauth/token", data=FORM, timeout=ANSWERED_WITHIN_S, verify=NO_TLS)


def answered(senders: list[socket.socket], count: int) -> list[socket.socket]:
    """Those that have been sent something, once they are as many."""
    give_up = time.monotonic() + ANSWERED_WITHIN_S
    while len(readable := select.select(senders, [], [], 0.1)[0]) < count:
        assert time.monotonic() < give_up, f"only {len(readable)} were answered"
    return readable


def answer_to(sender: socket.socket) -> HTTPResponse:
    answer = HTTPResponse(sender)
    answer.begin()
    return answer


def test_slow_senders_without_a_token_leave_threads_to_the_others(service: Running) -> None:
    account = login("slow-1")
    authorization = {"Authorization": f"Bearer {service.token('wallet')}"}
    with httpx.Client(
        base_url=service.url, headers=authorization, timeout=ANSWERED_WITHIN_S, verify=NO_TLS
    ) as wallet:
        wallet.post("/v1/login-events", json=account).raise_for_status()
        with slow_senders(service.port) as senders:
            for _ in range(3):
                assert wallet.get("/livez").status_code == 200
                assert wallet.get("/v1/accounts/slow-1/standing").status_code == 200
            refused = ask_for_token(service)
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
            assert refused.json()["code"] == "unavailable"
            # Two of the four threads wait for two of them; everybody else has been told to come again.
            told = [answer_to(sender) for sender in answered(senders, SLOW - 2)]
            assert {(answer.status, answer.headers["Retry-After"]) for answer in told} == {(503, "2")}
            assert all(json.load(answer)["code"] == "unavailable" for answer in told)
        give_up = time.monotonic() + ANSWERED_WITHIN_S
        while (again := ask_for_token(service)).status_code == 503:
            assert time.monotonic() < give_up, "a sender that went away still counts"
        assert again.status_code == 401


def test_a_body_without_a_token_is_small(service: Running) -> None:
    for path in ("/oauth/token", "/alerts/any"):
        announced = httpx.post(service.url + path, data={"client_id": "x" * 16 * 1024}, verify=NO_TLS)
        assert (announced.status_code, announced.json()["code"]) == (413, "body_too_large")
        unannounced = httpx.post(
            service.url + path,
            content=iter([b"client_id=", b"x" * 16 * 1024]),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            verify=NO_TLS,
        )
        assert (unannounced.status_code, unannounced.json()["code"]) == (413, "body_too_large")
