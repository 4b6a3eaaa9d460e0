"""`Idempotency-Key`: the effect once, the same answer again (A33)."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, update

from secmon.core.actor import SYSTEM
from secmon.web import idempotency
from secmon.web.idempotency import IdempotencyKey
from tests.web.probe import Probe

_serial = itertools.count(1)


@pytest.fixture
def name() -> str:
    return f"thing-{next(_serial)}"


@pytest.fixture
def client(probe: Probe) -> Iterator[httpx.Client]:
    with probe.client() as client:
        yield client


def create(client: httpx.Client, name: str, key: str | None = None) -> httpx.Response:
    return client.post("/v1/things", json={"name": name}, headers={"Idempotency-Key": key or name})


def test_the_same_request_again_has_the_same_answer_and_no_effect(
    probe: Probe, client: httpx.Client, name: str
) -> None:
    first, again = create(client, name), create(client, name)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    for header in ("Content-Type", "ETag", "Location"):
        assert again.headers[header] == first.headers[header]
    assert probe.things(name) == 1


def test_an_answer_stored_by_the_release_before_is_replayed_without_headers(
    probe: Probe, client: httpx.Client, name: str
) -> None:
    first = create(client, name)
    with probe.database.work(SYSTEM) as work:
        work.session.execute(update(IdempotencyKey).where(IdempotencyKey.key == name).values(headers=None))
    again = create(client, name)
    assert (again.status_code, again.content) == (201, first.content)
    assert "ETag" not in again.headers


def test_without_a_key_each_request_has_its_effect(probe: Probe, client: httpx.Client, name: str) -> None:
    for _ in range(2):
        client.post("/v1/things", json={"name": name})
    assert probe.things(name) == 2


def test_a33_a_key_with_another_body_is_refused(probe: Probe, client: httpx.Client, name: str) -> None:
    create(client, name)
    other = create(client, f"{name}-other", key=name)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert probe.things(f"{name}-other") == 0


def test_a33_another_client_s_key_is_another_key(probe: Probe, client: httpx.Client, name: str) -> None:
    create(client, name)
    with probe.client("another-wallet") as other:
        assert "Idempotency-Replayed" not in create(other, name).headers
    assert probe.things(name) == 2


def test_a33_while_the_first_request_runs_the_second_is_told_so(postgres_probe: Probe, name: str) -> None:
    meetings = postgres_probe.meetings
    held = f"held-{name}"
    with postgres_probe.client() as client, ThreadPoolExecutor(1) as pool:
        first = pool.submit(create, client, held)
        assert meetings.entered.wait(10)
        second = create(client, held)
        meetings.gate.set()
        assert first.result().status_code == 201
        assert (second.status_code, second.json()["code"]) == (409, "idempotency_key_in_use")
        assert create(client, held).headers["Idempotency-Replayed"] == "true"
    assert postgres_probe.things(held) == 1


def test_parallel_requests_with_one_key_have_one_effect(
    probe: Probe, client: httpx.Client, name: str
) -> None:
    start = threading.Barrier(8)

    def ask(_: int) -> httpx.Response:
        start.wait(10)
        return create(client, name)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(8)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers if answer.is_success) == 1
    assert probe.things(name) == 1


def test_a_refusal_is_not_kept_and_the_key_may_be_tried_again(
    probe: Probe, client: httpx.Client, name: str
) -> None:
    for _ in range(2):
        answer = create(client, f"refused-{name}")
        assert (answer.status_code, "Idempotency-Replayed" in answer.headers) == (409, False)
    assert probe.things(f"refused-{name}") == 0


def test_a_refusal_that_is_remembered_is_given_again(probe: Probe, client: httpx.Client, name: str) -> None:
    first, again = (create(client, f"remembered-{name}") for _ in range(2))
    assert (first.status_code, again.status_code) == (409, 409)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert probe.things(f"remembered-{name}") == 1


def test_invalid_fields_do_not_use_a_key_up(client: httpx.Client, name: str) -> None:
    refused = client.post("/v1/things", json={"name": 7}, headers={"Idempotency-Key": name})
    assert refused.status_code == 422
    assert create(client, name).status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "k" * 256, "é"])
def test_a_key_is_1_to_255_visible_characters(client: httpx.Client, name: str, key: str) -> None:
    answer = client.post("/v1/things", json={"name": name}, headers={b"Idempotency-Key": key.encode()})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/Idempotency-Key")


def test_a_key_is_good_for_24_hours(probe: Probe, client: httpx.Client, name: str) -> None:
    create(client, name)
    probe.clock.advance(idempotency.KEPT - timedelta(seconds=1))
    assert "Idempotency-Replayed" in create(client, name).headers
    probe.clock.advance(timedelta(seconds=1))
    assert "Idempotency-Replayed" not in create(client, name).headers
    assert probe.things(name) == 2


def test_a39_a_stored_answer_cannot_be_read_in_the_database(
    probe: Probe, client: httpx.Client, name: str
) -> None:
    create(client, name)
    with probe.database.work(SYSTEM, write=False) as work:
        row = work.session.scalars(select(IdempotencyKey).where(IdempotencyKey.key == name)).one()
    assert name.encode() not in row.answer


def test_old_answers_are_purged_and_others_are_not(probe: Probe, client: httpx.Client, name: str) -> None:
    create(client, f"{name}-old")
    probe.clock.advance(idempotency.KEPT)
    create(client, f"{name}-new")
    with probe.database.work(SYSTEM) as work:
        assert idempotency.purge(work) >= 1
        assert idempotency.purge(work) == 0
    with probe.database.work(SYSTEM, write=False) as work:
        kept = set(work.session.scalars(select(IdempotencyKey.key)))
    assert f"{name}-new" in kept
    assert f"{name}-old" not in kept
