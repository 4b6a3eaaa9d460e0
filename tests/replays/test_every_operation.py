"""Whatever changes an account over HTTP is walked, or is said here why not: a new operation has to choose."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from secmon.app import create_app
from secmon.openapi.document import RENDERED
from secmon.settings.environment import Settings
from tests.replays.plans import ACTS
from tests.replays.stories import SETTLED
from tests.replays.tour import TOUR
from tests.replays.walking import walk
from tests.replays.world import site_of
from tests.service import TEST_KEYS, Service

CHANGING = ("post", "put", "patch", "delete")
NOT_WALKED = {
    "issue_token": "says who calls, and nothing of an account",
    "create_client": "who may call",
    "revoke_client": "who may call",
    "name_person": "who may call",
    "deny_subject": "who may call",
    "allow_subject": "who may call",
    "make_nonce": "shows a nonce, which is of no account",
    "import_login_events": "what is over: it freezes nothing, and allows nothing",
    "put_verdict": "what staff say of a login: counted, and nothing follows from it",
    "put_hold_rules": "by what holds begin from then on",
    **dict.fromkeys(
        (
            *("ask_gate", "prove_gate_request", "verify_decision", "put_locks", "keep_locks", "lift_hold"),
            *("ask_appeal", "uphold_appeal", "refuse_appeal"),
        ),
        "replayed, late and at once in tests/gate",
    ),
    "put_policy": "how the logins of all accounts are judged",
    "request_backtest": "reads what is over",
    "put_shadow": "is only compared with",
    "end_shadow": "is only compared with",
    "create_endpoint": "where messages go",
    "change_endpoint": "where messages go",
    "delete_endpoint": "where messages go",
    "rotate_secret": "where messages go",
    "retry_dead": "sends what was owed",
    "retry_delivery": "sends what was owed",
}


def operations() -> Iterator[str]:
    """Those of the published document that may change something."""
    app = create_app(Settings("sqlite://", TEST_KEYS, Path("var")))
    for methods in json.loads(RENDERED.of(app))["paths"].values():
        yield from (methods[method]["operationId"] for method in CHANGING if method in methods)


def test_what_is_not_walked_is_there() -> None:
    assert set(operations()) >= set(NOT_WALKED)


def test_the_tour_leaves_no_operation_out(service: Service) -> None:
    with site_of(service) as site:
        world = walk(site, [*SETTLED, *TOUR])
    assert set(operations()) - set(NOT_WALKED) <= set(world.done), "\n".join(world.script)


@pytest.mark.parametrize("act", sorted({one.act for one in (*SETTLED, *TOUR)}))
def test_chance_draws_every_act_of_the_tour(act: str) -> None:
    assert act in {name for _, name, _ in ACTS} | {"close_cases"}
