"""A whole simulated wallet: every message in the order of delivery, with the truth beside it."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from secmon.simulation.attacks import CLOSER_ATTACKS, SINGLE_ATTACKS, Scene, stuffing
from secmon.simulation.geography import cities_of
from secmon.simulation.kinds import Attack, ChallengeOutcome, Honest, Message
from secmon.simulation.messages import credential_change, login
from secmon.simulation.networks import Connection, Networks, connect
from secmon.simulation.owners import Life, Owner, Visit, login_times, settle
from secmon.simulation.shape import Shape

PASSES_SHARE = 0.95
HONEST_RECOVERY_RATE = 1 / 300
ACCOUNTS_PER_STUFFING = 60
VICTIMS_PER_STUFFING = 12
STRANGERS_PER_STUFFING = 30
STRANGERS_PER_SPRAY = 200
# At a fair, in an office, behind a carrier's address: so many minutes, so many of the people who live there.
CROWD_MINUTES = 8
IN_CROWD_SHARE = 0.6
CROWD_TYPING_ERROR_SHARE = 0.4


def wallet(shape: Shape, seed: int, start: datetime) -> list[Message]:
    """All messages from `start` on. The same arguments give the same messages."""
    networks = Networks(shape, seed)
    end = start + timedelta(days=shape.days)
    messages: list[Message] = []
    owners: list[Owner] = []
    crowds = _crowds(shape, networks, seed, start)
    for number in range(shape.accounts):
        draw = Random(f"{seed}/account/{number}")
        owner = settle(number, shape, networks, draw, start, owners[-1] if owners else None)
        owners.append(owner)
        messages += _account(owner, shape, networks, draw, end, crowds)
    draw = Random(f"{seed}/stuffing")
    for _ in range(max(1, shape.accounts // ACCOUNTS_PER_STUFFING)):
        for kind, strangers in (
            (Attack.STUFFING, STRANGERS_PER_STUFFING),
            (Attack.SLOW_SPRAY, STRANGERS_PER_SPRAY),
        ):
            at = (start + timedelta(days=draw.uniform(0.3, 0.98) * shape.days)).replace(microsecond=0)
            there = [owner for owner in owners if owner.joins < at]
            victims = draw.sample(there, min(VICTIMS_PER_STUFFING, len(there)))
            messages += stuffing(victims, strangers, at, networks, draw, kind)
    return _delivered(messages, shape, Random(f"{seed}/delivery"))


Crowd = tuple[datetime, Connection]


def _crowds(shape: Shape, networks: Networks, seed: int, start: datetime) -> list[Crowd]:
    """When many people of a city log in through one address."""
    draw = Random(f"{seed}/crowds")
    cities = cities_of(shape.country)
    found = []
    for _ in range(shape.crowds):
        at = (start + timedelta(days=draw.uniform(0.4, 0.98) * shape.days)).replace(microsecond=0)
        city = draw.choices(cities, [place.weight for place in cities])[0]
        found.append((at, connect(networks.carrier(draw, city), draw)))
    return found


def _among(owner: Owner, crowds: list[Crowd], draw: Random) -> dict[datetime, Connection]:
    """When the owner is among one of them."""
    return {
        at + timedelta(seconds=draw.randrange(60 * CROWD_MINUTES)): connection
        for at, connection in crowds
        if connection.city == owner.city and at > owner.joins and draw.random() < IN_CROWD_SHARE
    }


def _account(
    owner: Owner, shape: Shape, networks: Networks, draw: Random, end: datetime, crowds: list[Crowd]
) -> list[Message]:
    life = Life(owner, shape, networks, draw)
    among = _among(owner, crowds, draw)
    times = sorted({*login_times(owner, draw, end), *among})
    attacked = draw.randrange(len(times)) if times and draw.random() < shape.attacked_share else None
    messages: list[Message] = []
    for place, now in enumerate(times):
        visit = life.next(now, among.get(now))
        messages += _visit(owner, visit, shape, draw)
        if place == attacked:
            at = now + timedelta(hours=draw.uniform(1, 60))
            scene = Scene(owner, at.replace(microsecond=0), now, networks, draw)
            messages += draw.choice(SINGLE_ATTACKS)(scene)
            if draw.random() < 0.5:
                messages += draw.choice(CLOSER_ATTACKS)(replace(scene, at=scene.at + timedelta(hours=1)))
    return messages


def _visit(owner: Owner, visit: Visit, shape: Shape, draw: Random) -> list[Message]:
    messages = []
    at, answer = (
        visit.at,
        ChallengeOutcome.PASSED if draw.random() < PASSES_SHARE else ChallengeOutcome.IGNORED,
    )
    among = visit.kind is Honest.SHARED_ADDRESS
    mistypes = CROWD_TYPING_ERROR_SHARE if among else shape.typing_error_share
    slips = draw.randint(1, 1 if among else 4) if draw.random() < mistypes else 0
    for slip in range(slips):
        before = at - timedelta(seconds=20 * (slips - slip))
        messages.append(
            login(
                owner.account_id,
                before,
                visit.connection,
                visit.user_agent,
                visit.device_id,
                visit.kind,
                draw,
                failure="bad_password",
            )
        )
    if draw.random() < HONEST_RECOVERY_RATE or (slips >= 3 and draw.random() < 0.3):
        changed = at - timedelta(seconds=15)
        messages.append(credential_change(owner.account_id, changed, "password", "recovery", visit.kind))
    messages.append(
        login(
            owner.account_id,
            at,
            visit.connection,
            visit.user_agent,
            visit.device_id,
            visit.kind,
            draw,
            amr=owner.amr,
            answer=answer,
        )
    )
    return messages


def _delivered(messages: list[Message], shape: Shape, draw: Random) -> list[Message]:
    """In the order of delivery: some late, some twice."""
    delivered = []
    for message in messages:
        late = timedelta()
        if draw.random() < shape.late_share:
            late = timedelta(minutes=draw.expovariate(1 / 600))
        arrived = Message(
            message.delivered_at + late, message.subject, message.body, message.kind, message.answer
        )
        delivered.append(arrived)
        if draw.random() < shape.duplicate_share:
            again = arrived.delivered_at + timedelta(seconds=draw.uniform(1, 30))
            delivered.append(Message(again, message.subject, message.body, message.kind, message.answer))
    return sorted(delivered, key=lambda message: message.delivered_at)
