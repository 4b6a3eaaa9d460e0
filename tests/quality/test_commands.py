"""`secmon policy quality`, `fit`, `budget`, `presets` and `set --preset`, as an operator runs them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from secmon.alerts.models import Alert
from secmon.core.clock import system_clock
from secmon.logins.models import StoredLogin
from secmon.quality.fitting import LEAST
from secmon.quality.models import LoginVerdict
from secmon.quality.verdicts import Truth
from secmon.risk.shipped import DEFAULT_POLICY
from tests.databases import fresh_database
from tests.logins.test_sampling import stored
from tests.policies.drafts import PATH, draft
from tests.policies.test_commands import Operator
from tests.service import Service

SHADOW = f"{PATH}/shadow"
CASE = uuid.uuid4()


@pytest.fixture(params=["sqlite", "postgresql"])
def operator(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Operator]:
    service = Service(fresh_database(request.param), tmp_path)
    service.clock.now = system_clock()
    yield Operator(service, tmp_path)
    service.stop()


def answer(*signals: tuple[str, float], score: float) -> str:
    level = "high" if score >= DEFAULT_POLICY.challenge_at else "low"
    told = [{"code": code, "weight": weight} for code, weight in signals]
    return json.dumps({"risk": {"score": score, "level": level, "policy_version": 0, "signals": told}})


def alert(number: int, at: datetime) -> dict[str, Any]:
    """That its owner said "it was me" of."""
    return {
        "account_id": f"acct-{number}",
        "alert_id": uuid.uuid4(),
        "event_id": "evt-1",
        "device_key": "phone",
        "day": at.date(),
        "device_label": "Phone",
        "ip": "203.0.113.7",
        "decision": "challenge",
        "occurred_at": at,
        "raised_at": at,
        "answer": "was_me",
        "vouched": True,
    }


def labelled(operator: Operator, owners: int, takeovers: int) -> None:
    """Owners on VPNs who passed their challenges, takeovers in new networks by staff's word, and others."""
    at = operator.service.clock.now - timedelta(days=1)
    vpn, network = answer(("anonymizer", 3.3), score=0.9), answer(("new_network", 1.4), score=0.8)
    rows = [
        stored(number, at, decision="challenge", challenge="passed", assessment=vpn)
        for number in range(owners)
    ]
    robbed = range(owners, owners + takeovers)
    rows += [stored(number, at, decision="challenge", assessment=network) for number in robbed]
    calm = range(owners + takeovers, owners + takeovers + 500)
    rows += [stored(number, at, assessment=answer(score=number % 100 / 1000)) for number in calm]
    rows = [{"challenge": None, **row} for row in rows]
    with operator.service.work() as work:
        work.session.execute(insert(StoredLogin), rows)
        verdicts = [
            {
                "account_id": f"acct-{number}",
                "event_id": "evt-1",
                "verdict": "takeover",
                "case_id": CASE,
                "received_at": at,
                "decided_at": at,
                "decided_by": "agent",
            }
            for number in robbed
        ]
        if verdicts:
            work.session.execute(insert(LoginVerdict), verdicts)


def test_the_quality_is_counted_afresh_and_printed(operator: Operator) -> None:
    labelled(operator, owners=30, takeovers=20)
    shown = operator.types("quality")
    assert shown.exit_code == 0, shown.output
    assert "40.0 [27.6, 53.8]" in shown.output
    assert "no owner was asked at random" in shown.output
    assert "new_network" in shown.output
    assert "acct-" not in shown.output
    told = json.loads(operator.types("quality", "--json").output)
    assert told["latest"]["labels"] == {"owner": 30, "takeover": 20}
    assert told["latest"]["signals"]["new_network"]["precision"]["share"] == 1.0


def test_an_empty_installation_has_a_quality_too(operator: Operator) -> None:
    shown = operator.types("quality")
    assert (shown.exit_code, "–" in shown.output) == (0, True)


def test_weights_are_proposed_in_the_shadow_and_decide_nothing(operator: Operator) -> None:
    labelled(operator, LEAST[Truth.OWNER], LEAST[Truth.TAKEOVER])
    dry = operator.types("fit", "--from-labels", "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert "takeover" in dry.output
    with operator.service.client("admin") as admin:
        assert admin.get(SHADOW).status_code == 404
        proposed = operator.types("fit", "--from-labels")
        assert "shadow policy 1 is judged beside the one in force" in proposed.output
        shadow = admin.get(SHADOW).json()
        assert shadow["document"]["signals"]["anonymizer"] < draft()["signals"]["anonymizer"]
        assert shadow["document"]["signals"]["new_network"] > draft()["signals"]["new_network"]
        assert admin.get(PATH).json()["version"] == 0
        again = operator.types("fit", "--from-labels")
        assert (again.exit_code, "There is a shadow policy already" in again.output) == (1, True)
        assert admin.get(SHADOW).json()["version"] == 1
        assert operator.types("fit", "--from-labels", "--replace").exit_code == 0
        assert admin.get(SHADOW).json()["version"] == 2


def test_too_few_labels_are_refused(operator: Operator) -> None:
    labelled(operator, LEAST[Truth.OWNER], LEAST[Truth.TAKEOVER] - 1)
    refused = operator.types("fit", "--from-labels")
    assert refused.exit_code == 1
    assert "need 50 accounts with a confirmed label takeover; there are 49" in refused.output


def test_an_owners_word_alone_moves_no_weight(operator: Operator) -> None:
    """Whoever holds the session says "it was me", a thousand times if need be."""
    labelled(operator, LEAST[Truth.OWNER] - 1, LEAST[Truth.TAKEOVER])
    at = operator.service.clock.now - timedelta(days=1)
    with operator.service.work() as work:
        rows = [
            stored(
                9_000 + number, at, decision="challenge", assessment=answer(("anonymizer", 3.3), score=0.9)
            )
            for number in range(50)
        ]
        work.session.execute(insert(StoredLogin), rows)
        work.session.execute(insert(Alert), [alert(9_000 + number, at) for number in range(50)])
    told = json.loads(operator.types("quality", "--json").output)
    assert told["latest"]["sources"]["answer"]["owner"] == 50
    refused = operator.types("fit", "--from-labels")
    assert (refused.exit_code, "there are 199" in refused.output) == (1, True)


def test_a_word_that_vouched_for_nothing_is_no_label(operator: Operator) -> None:
    """Whoever reads the owner's mail can click, too."""
    labelled(operator, owners=1, takeovers=0)
    at = operator.service.clock.now - timedelta(days=1)
    with operator.service.work() as work:
        work.session.execute(insert(StoredLogin), [stored(9_000, at, decision="challenge")])
        work.session.execute(insert(Alert), [alert(9_000, at) | {"vouched": False}])
    told = json.loads(operator.types("quality", "--json").output)
    assert told["latest"]["labels"] == {"owner": 1, "takeover": 0}


def test_one_account_speaks_once_however_many_logins_it_has(operator: Operator) -> None:
    labelled(operator, LEAST[Truth.OWNER] - 1, LEAST[Truth.TAKEOVER])
    at = operator.service.clock.now - timedelta(days=1)
    with operator.service.work() as work:
        rows = [
            stored(0, at, event_id=f"evt-{nth}", decision="challenge", challenge="passed")
            for nth in range(2, 90)
        ]
        work.session.execute(insert(StoredLogin), rows)
    assert "there are 199" in operator.types("fit", "--from-labels").output


def test_there_is_nothing_to_fit_to_but_labels(operator: Operator) -> None:
    assert operator.types("fit").exit_code == 2


def test_a_budget_is_told_and_put_in_force_only_where_it_is_said(operator: Operator) -> None:
    labelled(operator, owners=30, takeovers=20)
    told = operator.types("budget", "0.1")
    assert told.exit_code == 0, told.output
    assert "challenge_at 0.0981, from 550 logins" in told.output
    for line in ("vpn", "30+ logins before", "targeted"):
        assert line in told.output
    with operator.service.client("admin") as admin:
        assert admin.get(PATH).json()["version"] == 0
        put = operator.types("budget", "0.1", "--set", "--reason", "as many as the desk can take")
        assert "version 1 is in force" in put.output
        found = admin.get(PATH).json()
    assert (found["version"], found["document"]["challenge_at"]) == (1, 0.0981)
    assert found["budget"]["challenge_budget"] == 0.1
    few = operator.types("budget", "0.01")
    assert (few.exit_code, "there are 550" in few.output) == (1, True)
    for wrong in ("0", "1", "-1", "nan", "inf", "much"):
        refused = operator.types("budget", "--", wrong)
        assert (refused.exit_code in (1, 2), type(refused.exception)) == (True, SystemExit)


def test_a_policy_is_chosen_by_its_name(operator: Operator) -> None:
    assert "version 1 is in force" in operator.types("set", "--preset", "strict").output
    assert "version 1" in operator.types("show").stderr
    assert ", strict" in operator.types("show").stderr
    assert operator.types("set", "--preset", "lenient").exit_code == 2
    assert operator.types("set").exit_code == 2
    assert operator.types("set", operator.writes(draft()), "--preset", "strict").exit_code == 2


def test_what_ships_is_told_with_what_it_costs(operator: Operator) -> None:
    told = operator.types("presets").output
    for word in ("balanced", "strict", "quiet", "targeted", "natural mix", "simulated wallets"):
        assert word in told
