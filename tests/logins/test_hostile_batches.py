"""Whatever a batch holds: each of its lines is answered, none hurts its neighbours, and none breaks us."""

from __future__ import annotations

import itertools
from typing import Any

import httpx
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from secmon.logins.models import StoredLogin
from tests.logins.hostile_lines import CREATED, DOUBLED, HONEST, HOSTILE, INVALID, NO_JSON, Line, Recipe
from tests.service import Service

PATH = "/v1/login-events/batch"
NDJSON = {"Content-Type": "application/x-ndjson"}
JSON = {"Content-Type": "application/json"}
THOROUGH = settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

_worlds = itertools.count(1)


def _lines(recipes: list[Recipe]) -> tuple[str, list[Line]]:
    """The lines in a world of their own: no other one's accounts begin like these."""
    world = f"hostile-{next(_worlds)}"
    return world, [recipe.line(world, nth) for nth, recipe in enumerate(recipes)]


def _stored(service: Service, world: str) -> set[tuple[str, str]]:
    query = select(StoredLogin.account_id, StoredLogin.event_id).where(
        StoredLogin.account_id.startswith(f"{world}-")
    )
    with service.work(write=False) as work:
        return {(row.account_id, row.event_id) for row in work.session.execute(query)}


def _created(results: list[dict[str, Any]], world: str) -> set[tuple[str, str]]:
    made = [result["assessment"] for result in results if result["status"] == CREATED]
    names = [(assessment["account_id"], assessment["event_id"]) for assessment in made]
    assert len(names) == len(set(names))
    return {(account_id, event_id) for account_id, event_id in names if account_id.startswith(f"{world}-")}


def _check(service: Service, world: str, lines: list[Line], answer: httpx.Response) -> None:
    assert answer.status_code == 200, answer.text
    results = answer.json()["results"]
    assert [result["index"] for result in results] == list(range(len(lines)))
    for line, result in zip(lines, results, strict=True):
        assert result["status"] in line.may_be, (line, result)
        assert (result["status"] == INVALID) == bool(result.get("errors"))
    assert _created(results, world) == _stored(service, world)


@THOROUGH
@given(
    recipes=st.lists(HONEST | HOSTILE | DOUBLED | NO_JSON, min_size=1, max_size=12),
    end=st.sampled_from(["\n", "\r\n", "\n \t\n"]),
)
def test_every_line_is_answered_by_itself(
    service: Service, wallet: httpx.Client, recipes: list[Recipe], end: str
) -> None:
    world, lines = _lines(recipes)
    body = end.encode().join(line.raw for line in lines)
    _check(service, world, lines, wallet.post(PATH, content=body, headers=NDJSON))


@THOROUGH
@given(recipes=st.lists(HONEST | HOSTILE | DOUBLED, min_size=1, max_size=12))
@example(recipes=[Recipe(), Recipe(fields=(("user_agent", r'"\u0000"'),))])
def test_every_event_of_a_document_is_answered_by_itself(
    service: Service, wallet: httpx.Client, recipes: list[Recipe]
) -> None:
    world, lines = _lines(recipes)
    body = b'{"events":[' + b",".join(line.raw for line in lines) + b"]}"
    _check(service, world, lines, wallet.post(PATH, content=body, headers=JSON))


@THOROUGH
@given(recipes=st.lists(HONEST, max_size=4), broken=NO_JSON)
def test_a_document_that_is_no_json_is_refused_and_leaves_nothing(
    service: Service, wallet: httpx.Client, recipes: list[Recipe], broken: Recipe
) -> None:
    world, lines = _lines([*recipes, broken])
    body = b'{"events":[' + b",".join(line.raw for line in lines) + b"]}"
    answer = wallet.post(PATH, content=body, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")
    assert _stored(service, world) == set()


@THOROUGH
@given(body=st.binary(min_size=1, max_size=2_000))
def test_bytes_that_mean_nothing_are_answered_line_by_line(wallet: httpx.Client, body: bytes) -> None:
    lines = [line for line in body.split(b"\n") if line.strip()]
    answer = wallet.post(PATH, content=body, headers=NDJSON)
    if not lines:
        assert answer.status_code == 422
        return
    assert [result["status"] for result in answer.json()["results"]] == [INVALID] * len(lines)
