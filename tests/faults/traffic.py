"""Clients that keep at it: many lives at once, each request repeated until it is answered for good."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from random import Random
from time import monotonic

import httpx

from tests.faults.life import Life, life
from tests.faults.record import Kind, Record, Request
from tests.faults.site import Site

CLIENTS = 8
LIVES_A_CLIENT = 4
TRIES_AGAIN_AFTER_S = 0.1
# A whole service may be starting again meanwhile, on a machine that is busy.
GIVES_UP_AFTER_S = 180.0

Clients = Mapping[str, httpx.Client]


class Traffic:
    """Requests of `CLIENTS` clients at once; an account belongs to one client, which asks in order."""

    def __init__(self, clients: Clients, seed: int) -> None:
        self.record = Record()
        self._clients = clients
        self._seed = seed
        self._enough = threading.Event()

    def run(self) -> None:
        """Until `end`; fails where a client was told something that contradicts what it knows."""
        with ThreadPoolExecutor(CLIENTS) as pool:
            working = [pool.submit(self._work, nth) for nth in range(CLIENTS)]
            for done in working:
                done.add_done_callback(self._end_if_failed)
        for done in working:
            done.result()

    def end(self) -> None:
        """Each client finishes the request that it is at."""
        self._enough.set()
        self.record.close()

    def _end_if_failed(self, done: Future[None]) -> None:
        if done.exception() is not None:
            self.end()

    def _work(self, nth: int) -> None:
        chance = Random(f"{self._seed} {nth}")
        lives = [life(f"acct-{self._seed}-{nth}-{number}", chance) for number in range(LIVES_A_CLIENT)]
        asked = [next(one) for one in lives]
        while not self._enough.is_set():
            chosen = chance.randrange(LIVES_A_CLIENT)
            asked[chosen] = self._live(lives[chosen], asked[chosen])

    def _live(self, one: Life, request: Request) -> Request:
        """Gets the request through, and answers what the life asks next."""
        self.record.begin(request)
        settle(request, self._clients[request.role])
        self.record.end()
        return one.send(request.told if request.acknowledged else {})


def settle(request: Request, client: httpx.Client) -> None:
    """Sends until there is an answer for good; what is sent `once` may stay without one."""
    give_up = monotonic() + GIVES_UP_AFTER_S
    waiting = threading.Event()
    while True:
        answer = request.send(client)
        if answer is not None and not _is_for_later(request):
            request.answer = answer
            assert answer.is_success or _was_done(request), (request.kind, answer.status_code, answer.text)
            return
        if request.once:
            return
        assert monotonic() < give_up, f"{request.kind} was not answered: {request.attempts[-3:]}"
        waiting.wait(TRIES_AGAIN_AFTER_S)


def _is_for_later(request: Request) -> bool:
    """The database is away, or the first attempt still runs."""
    last = request.attempts[-1]
    return last.status == 503 or last.code == "idempotency_key_in_use"


def _was_done(request: Request) -> bool:
    """An approval whose answer got lost is told, the next time, that it was decided."""
    last = request.attempts[-1]
    return request.kind is Kind.APPROVE and last.code == "already_decided" and len(request.attempts) > 1


@contextmanager
def traffic_to(site: Site, seed: int) -> Iterator[Traffic]:
    """Traffic that runs during the block, and then ends; its failures are the block's."""
    with ExitStack() as stack:
        roles = ("wallet", "agent", "supervisor")
        clients = {role: stack.enter_context(site.client(role)) for role in roles}
        traffic = Traffic(clients, seed)
        running = stack.enter_context(ThreadPoolExecutor(1)).submit(traffic.run)
        try:
            yield traffic
        finally:
            traffic.end()
            running.result()
