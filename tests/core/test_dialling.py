"""No look-up and no list of addresses makes anybody wait longer than they said."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

import pytest

from secmon.core.dialling import MOST_ADDRESSES, cut_off_after, dialled, looked_up


def test_a_look_up_that_hangs_is_not_waited_for():
    may_answer = threading.Event()

    def resolve(*_args: Any, **_more: Any) -> list[Any]:
        may_answer.wait(60)
        return []

    with pytest.raises(TimeoutError):
        looked_up("wallet.example", 443, 0.1, resolve)
    may_answer.set()


def test_what_the_look_up_raises_is_raised():
    def resolve(*_args: Any, **_more: Any) -> list[Any]:
        raise socket.gaierror("no such name")

    with pytest.raises(socket.gaierror):
        looked_up("wallet.example", 443, 60, resolve)


def test_the_first_addresses_are_tried_and_no_more():
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        open_port, closed_port = listening.getsockname()[1], closed.getsockname()[1]
        for before, reached in ((MOST_ADDRESSES - 1, True), (MOST_ADDRESSES, False)):

            def resolve(*_args: Any, before: int = before, **_more: Any) -> list[Any]:
                ports = [closed_port] * before + [open_port]
                return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port)) for port in ports]

            if reached:
                dialled("wallet.example", 443, time.monotonic() + 60, resolve).close()
                continue
            with pytest.raises(OSError, match="refused"):
                dialled("wallet.example", 443, time.monotonic() + 60, resolve)


def test_a_connection_is_cut_whoever_waits_on_it():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        line = socket.create_connection(listening.getsockname(), timeout=60)
        # As TLS does: another object takes the socket over.
        taken_over = socket.socket(fileno=line.fileno())
        with cut_off_after(line, 0.1):
            line.detach()
            taken_over.settimeout(60)
            assert taken_over.recv(1) == b""
        taken_over.close()
