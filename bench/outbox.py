"""Webhooks a second, by one worker to one local receiver, beside the same posts without an outbox."""

from __future__ import annotations

import multiprocessing
import resource
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_network
from multiprocessing.connection import Connection

import psycopg
from sqlalchemy import make_url

from bench.receiver import receiver
from bench.report import line, section
from bench.running import Running
from secmon.core.actor import SYSTEM
from secmon.database import migrating
from secmon.database.engine import Database, make_engine
from secmon.outbox import service as outbox
from secmon.outbox.delivering import Delivering
from secmon.outbox.kinds import Kind
from secmon.outbox.sending import AttemptVerdict, Claimed
from secmon.sealing.keyring import KeyRing
from secmon.webhooks import service as webhooks
from secmon.webhooks.couriers import WebhookCouriers, subscribed
from secmon.webhooks.sending import WebhookCourier
from secmon.webhooks.service import Webhooks

ACCOUNTS = 5_000
BATCH = 1_000
CHOSEN = Webhooks(KeyRing({"bench": b"\x01" * 32}, "bench"), (ip_network("127.0.0.0/8"),))
FEW, MANY = 10_000, 100_000


@dataclass(frozen=True, slots=True)
class Drained:
    """What one worker did."""

    seconds: float
    peak_mb: float


def run(service: Running) -> None:
    """Prints the rates with one and with eight in flight, and the memory of a long drain."""
    section("Webhooks: one worker, one receiver, durable PostgreSQL")
    url = _own_database(service.database_url)
    with receiver() as (port, counts):
        _subscribe(url, port)
        for in_flight, messages, goal in ((1, FEW, ">= 400"), (8, FEW, ">= 1,500"), (8, MANY, ">= 1,500")):
            floor = _floor(port, in_flight)
            counts.send("reset")
            counts.recv()
            _owe(url, messages)
            drained = _drain(url, in_flight)
            _report(drained, in_flight, messages, floor, goal, counts)


def _report(
    drained: Drained, in_flight: int, messages: int, floor: float, goal: str, counts: Connection
) -> None:
    counts.send("counts")
    counted = counts.recv()
    assert counted == {"received": messages, "disordered": 0}, counted
    name = f"{messages:,} messages, {in_flight} in flight"
    line(name, messages / drained.seconds, "/s", floor=floor, floor_name="bare posts", goal=goal)
    line("  worker's memory at its peak", drained.peak_mb, "MB")


def _own_database(url: str) -> str:
    """Beside the service's, whose own worker would deliver as well."""
    server = make_url(url).set(drivername="postgresql")
    with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute("CREATE DATABASE bench_outbox")
    own = make_url(url).set(database="bench_outbox").render_as_string(hide_password=False)
    engine = make_engine(own)
    migrating.upgrade(engine)
    engine.dispose()
    return own


def _subscribe(url: str, port: int) -> None:
    database = Database(make_engine(url))
    with database.work(SYSTEM) as work:
        webhooks.create(work, CHOSEN, f"http://127.0.0.1:{port}/secmon", [Kind.LOGIN_ALERT])
    database.dispose()


def _owe(url: str, messages: int) -> None:
    database = Database(make_engine(url))
    for start in range(0, messages, BATCH):
        with database.work(SYSTEM) as work:
            for number in range(start, start + BATCH):
                payload = {"alert_id": str(uuid.uuid4()), "number": number + 1}
                work.defer(outbox.owing(work, f"acct-{number % ACCOUNTS}", Kind.LOGIN_ALERT, payload))
    database.dispose()


def _drain(url: str, in_flight: int) -> Drained:
    ours, theirs = multiprocessing.Pipe()
    worker = multiprocessing.get_context("spawn").Process(target=_worker, args=(url, in_flight, theirs))
    worker.start()
    theirs.close()
    drained: Drained = ours.recv()
    worker.join()
    return drained


def _worker(url: str, in_flight: int, pipe: Connection) -> None:
    database = Database(make_engine(url))
    delivering = Delivering(subscribed, WebhookCouriers(CHOSEN), in_flight)
    started = time.perf_counter()
    delivering.drain(database)
    seconds = time.perf_counter() - started
    delivering.stop()
    pipe.send(Drained(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def _floor(port: int, in_flight: int) -> float:
    """The same posts by the same client, with no database behind them."""
    courier = WebhookCourier(
        f"http://127.0.0.1:{port}/secmon", ["whsec_" + "A" * 44], CHOSEN.allowed_networks, lambda _work: None
    )
    now = datetime.now(UTC)
    message = Claimed("acct-0", uuid.uuid4(), 1, 0, Kind.LOGIN_ALERT, '{"number":1}', None, now)

    def post(_number: int) -> None:
        assert courier.send(message, now).verdict is AttemptVerdict.DELIVERED

    started = time.perf_counter()
    with ThreadPoolExecutor(in_flight) as senders:
        list(senders.map(post, range(FEW // 2)))
    return FEW / 2 / (time.perf_counter() - started)
