from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from secmon.devices.user_agents import UserAgentReader
from secmon.simulation.kinds import Attack, Honest, Subject
from secmon.simulation.service import event_of
from secmon.simulation.shape import Shape
from secmon.simulation.wallet import wallet

START = datetime(2026, 1, 1, tzinfo=UTC)


def simulated(days: int, seed: int):
    return wallet(Shape(accounts=150, days=days), seed, START)


@pytest.fixture(scope="module")
def messages():
    return simulated(days=180, seed=3)


@pytest.fixture(scope="module")
def logins(messages):
    return [message for message in messages if message.subject is Subject.LOGIN]


def test_a_seed_gives_the_same_wallet_and_another_seed_another(messages):
    assert simulated(days=180, seed=3) == messages
    assert simulated(days=180, seed=4) != messages


def test_every_kind_of_owner_and_attacker_comes_up(messages):
    assert {message.kind for message in messages} == {*Honest, *Attack}


def test_messages_come_in_the_order_of_delivery_some_late_some_twice(messages, logins):
    delivered = [message.delivered_at for message in messages]
    assert delivered == sorted(delivered)
    late = [m for m in logins if m.delivered_at > event_of(m.body).occurred_at + timedelta(minutes=30)]
    twice = [count for count in Counter(m.body["event_id"] for m in logins).values() if count > 1]
    assert late
    assert twice


def test_accounts_have_from_one_to_hundreds_of_logins(logins):
    counts = Counter(message.body["account_id"] for message in logins)
    assert min(counts.values()) == 1
    assert max(counts.values()) > 100


def test_every_event_can_be_read_and_every_agent_is_understood(logins):
    reader = UserAgentReader()
    for message in logins:
        event = event_of(message.body)
        silent = event.user_agent == "" and message.kind is Attack.CLONED
        assert silent or not reader.read(event.user_agent).says_nothing, event.user_agent


def test_some_copies_of_a_device_id_name_their_system_only_and_some_send_no_agent():
    agents = [
        message.body["user_agent"]
        for seed in (3, 4, 5)
        for message in simulated(days=90, seed=seed)
        if message.kind is Attack.CLONED
    ]
    system_only = [agent for agent in agents if agent.startswith("UWallet/") and ";" not in agent]
    assert "" in agents
    assert system_only
    assert len(system_only) + agents.count("") < len(agents) / 2


def test_a_targeted_attacker_has_the_owners_model_city_and_carrier_but_another_install(logins):
    targeted = [message.body for message in logins if message.kind is Attack.TARGETED]
    assert targeted
    for body in targeted:
        owners = [m.body for m in logins if m.body["account_id"] == body["account_id"] and m.body is not body]
        models = {owner["user_agent"].split("; ")[1] for owner in owners if "; " in owner["user_agent"]}
        assert body["user_agent"].split("; ")[1] in models
        assert body["device_id"] not in {
            owner.get("device_id") for owner in owners if owner["occurred_at"] < body["occurred_at"]
        }
