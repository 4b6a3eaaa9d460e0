"""The way back: somebody else looks at a hold again."""

from __future__ import annotations

import httpx
import pytest

from tests.cases import desk
from tests.gate.scene import Scene
from tests.service import Service
from tests.twofactor.traces import kinds_told

TOLD = {"text": "I bought a new phone yesterday.", "channel": "in_app"}


@pytest.fixture
def path(scene: Scene) -> str:
    """An appeal's path, against the hold of a new phone."""
    scene.new_phone()
    hold = next(hold for hold in scene.holds() if hold["trigger"] == "new_device" and hold["cap"])
    return f"{scene.path}/holds/{hold['hold_id']}/appeal"


def appeal(client: httpx.Client, path: str) -> str:
    """The appeal's case."""
    case_id: str = client.post(path, json=TOLD).raise_for_status().json()["case_id"]
    return case_id


def decide(client: httpx.Client, path: str, case_id: str, verdict: str = "uphold") -> httpx.Response:
    return client.post(f"{path}/{verdict}", json={"note": "Looked at"}, headers=desk.seen(client, case_id))


def test_an_appeal_has_four_hours_at_night_too(service: Service, scene: Scene, agent: httpx.Client) -> None:
    service.clock.now = service.clock.now.replace(hour=18)
    scene.new_phone()
    path = f"{scene.path}/holds/{scene.holds()[0]['hold_id']}/appeal"
    case = agent.get(f"/v1/cases/{appeal(scene.wallet, path)}").json()
    assert (case["category"], case["priority"]) == ("security", "urgent")
    assert case["resolution_due_at"] == (scene.now.replace(hour=22)).isoformat().replace("+00:00", "Z")
    assert case["subject"].startswith("Appeal against a hold: ")
    assert case["summary"] == TOLD["text"]


def test_upheld_it_is_over_at_once_and_the_owner_is_told(
    service: Service, scene: Scene, agent: httpx.Client, supervisor: httpx.Client, path: str
) -> None:
    case_id = appeal(scene.wallet, path)
    assert desk.code(decide(supervisor, path, case_id)) == (409, "identity_unverified")
    desk.check_identity(agent, case_id).raise_for_status()
    answer = decide(supervisor, path, case_id).raise_for_status().json()
    assert answer["status"] == "upheld"
    assert path.split("/")[-2] not in {hold["hold_id"] for hold in scene.holds()}
    assert "hold.lifted" in kinds_told(service, scene.account_id)
    assert desk.code(decide(supervisor, path, case_id)) == (409, "appeal_decided")
    assert scene.wallet.get(path).json()["status"] == "upheld"


def test_refused_it_stays(scene: Scene, supervisor: httpx.Client, path: str) -> None:
    case_id = appeal(scene.wallet, path)
    assert decide(supervisor, path, case_id, "refuse").raise_for_status().json()["status"] == "refused"
    assert scene.pay("900") == "hold"
    # And somebody may appeal again, with more to say.
    assert appeal(scene.wallet, path) != case_id


def test_H09_who_asked_does_not_decide(scene: Scene, supervisor: httpx.Client, path: str) -> None:
    case_id = appeal(supervisor, path)
    assert desk.code(decide(supervisor, path, case_id)) == (403, "second_person_required")
    assert desk.code(decide(scene.wallet, path, case_id))[0] == 403


def test_H09_who_checked_the_identity_does_not_decide(
    scene: Scene, supervisor: httpx.Client, path: str
) -> None:
    case_id = appeal(scene.wallet, path)
    desk.check_identity(supervisor, case_id).raise_for_status()
    assert desk.code(decide(supervisor, path, case_id)) == (403, "second_person_required")


def test_H09_who_caused_the_hold_does_not_decide(
    scene: Scene, agent: httpx.Client, supervisor: httpx.Client
) -> None:
    """They changed the owner's phone, on a case; the hold is of that."""
    case_id = desk.open_case(supervisor, scene.account_id)["case_id"]
    desk.check_identity(supervisor, case_id).raise_for_status()
    told = {"phone": "+8613900000000", "case_id": case_id}
    supervisor.put(scene.path, json=told).raise_for_status()
    path = f"{scene.path}/holds/{scene.holds()[0]['hold_id']}/appeal"
    appealed = appeal(agent, path)
    assert desk.code(decide(supervisor, path, appealed)) == (403, "second_person_required")


def test_H09_one_that_has_not_read_the_case_does_not_decide(
    scene: Scene, agent: httpx.Client, supervisor: httpx.Client, path: str
) -> None:
    case_id = appeal(scene.wallet, path)
    seen = desk.seen(supervisor, case_id)
    desk.check_identity(agent, case_id).raise_for_status()
    answer = supervisor.post(f"{path}/uphold", json={"note": "x"}, headers=seen)
    assert desk.code(answer) == (412, "case_changed")
    assert desk.code(supervisor.post(f"{path}/uphold", json={"note": "x"}))[0] == 428


def test_a_hold_that_is_over_is_not_appealed_against(scene: Scene, path: str) -> None:
    scene.later(hours=13)
    assert desk.code(scene.wallet.post(path, json=TOLD)) == (409, "hold_over")
    nothing = f"{scene.path}/holds/019ab0c4-7c1e-7a10-9d53-0d6a5d0f2b11/appeal"
    assert desk.code(scene.wallet.post(nothing, json=TOLD)) == (404, "hold_unknown")


def test_sent_again_it_is_one_appeal(scene: Scene, path: str) -> None:
    key = {"Idempotency-Key": f"appeal-{scene.account_id}"}
    answers = [scene.wallet.post(path, json=TOLD, headers=key).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert appeal(scene.wallet, path) == answers[0]["case_id"]


def test_a_case_that_is_closed_undecided_bars_no_appeal(
    scene: Scene, agent: httpx.Client, supervisor: httpx.Client, path: str
) -> None:
    closed = appeal(scene.wallet, path)
    for status in ("investigating", "resolved", "closed"):
        headers = desk.seen(agent, closed)
        agent.patch(f"/v1/cases/{closed}", json={"status": status}, headers=headers).raise_for_status()
    assert desk.code(decide(supervisor, path, closed)) == (409, "case_closed")
    scene.later(hours=1)
    case_id = appeal(scene.wallet, path)
    assert case_id != closed
    desk.check_identity(agent, case_id).raise_for_status()
    assert decide(supervisor, path, case_id).json()["status"] == "upheld"
