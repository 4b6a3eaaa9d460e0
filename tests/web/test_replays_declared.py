"""R31: every route that takes an `Idempotency-Key` says what a replay is answered, and whose that is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from secmon.app import create_app
from secmon.settings.environment import Settings
from secmon.web.guard import operations
from secmon.web.operation import Operation, operation
from secmon.web.replays import AS_FIRST, HANDLED_ANEW, Replays
from tests.service import TEST_KEYS

APP = create_app(Settings("sqlite://", TEST_KEYS, Path("var")))
CREATING: dict[str, tuple[str, Operation, Replays]] = {
    rule.endpoint.rpartition(".")[2]: (rule.rule, declared, declared.creates)
    for rule in APP.url_map.iter_rules()
    if (declared := operations(APP)[rule.endpoint]).creates is not None
}
# What is known by the ids of its events. No answer of these is kept, for each may hold a decision.
BY_EVENT_IDS = {"post_login_event", "post_login_events", "import_login_events", "post_change"}
# What decides nothing, and shows no secret.
WORD_FOR_WORD = {"request_backtest"}
# What belongs to no account: there is nothing to erase.
OF_NO_ACCOUNT = {"create_client", "create_endpoint", "rotate_secret", "request_backtest"}
SECRETS = {"start_enrolment", "confirm_enrolment", "renew_recovery_codes", "create_client"}
SECRETS |= {"create_endpoint", "rotate_secret"}


def _answered(replays: Replays) -> set[str]:
    return {name for name, (_, _, chosen) in CREATING.items() if chosen is replays}


def test_what_is_kept_and_what_is_not_was_chosen_for_each_route() -> None:
    assert _answered(HANDLED_ANEW) == BY_EVENT_IDS
    assert _answered(AS_FIRST) == WORD_FOR_WORD
    assert {name for name, (_, _, replays) in CREATING.items() if not replays.keeps} == BY_EVENT_IDS


@pytest.mark.parametrize("name", sorted(CREATING))
def test_R33_the_account_of_every_answer_that_is_kept_is_known(name: str) -> None:
    path, declared, replays = CREATING[name]
    named = "account_id>" in path or "account_id" in getattr(declared.body, "_declared_fields", {})
    assert named or replays.concerns is not None or not replays.keeps or name in OF_NO_ACCOUNT


def test_R33_what_shows_a_secret_may_refuse_to_show_it_again() -> None:
    refusing = {name for name, (*_, replays) in CREATING.items() if "not_shown_again" in replays.problems}
    assert refusing >= SECRETS


def _resolved(document: dict[str, Any], described: dict[str, Any]) -> dict[str, Any]:
    """The operation's responses, with what they refer to."""
    shared = document["components"]["responses"]
    return {
        status: shared[response["$ref"].rpartition("/")[2]] if "$ref" in response else response
        for status, response in described["responses"].items()
    }


def test_the_document_says_what_a_replay_is_answered() -> None:
    document = APP.test_client().get("/openapi.json").get_json()
    operations_of = [one for item in document["paths"].values() for one in item.values()]
    described = {one["operationId"]: one for one in operations_of if "operationId" in one}
    for name, (_, _, replays) in CREATING.items():
        assert described[name]["x-replayed"] == replays.says
        assert all(code in json.dumps(_resolved(document, described[name])) for code in replays.problems)


def test_a_route_that_does_not_choose_does_not_start() -> None:
    with pytest.raises(TypeError, match="what a replay is answered"):
        operation("events:write", creates=True)(dict)
