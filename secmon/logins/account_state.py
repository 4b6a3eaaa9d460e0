"""What is known of an account when a login comes in.

Read in one round trip, the account locked first.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from secmon.accounts import locking
from secmon.accounts.gate import Standing
from secmon.database.statements import Query, Row
from secmon.database.work import Work
from secmon.devices import statements as devices
from secmon.devices.recognition import KnownDevice
from secmon.devices.traits import Traits
from secmon.logins import statements
from secmon.logins.event import LoginEvent
from secmon.logins.judgement import AccountMemory
from secmon.risk.login import Tallies
from secmon.risk.network import network_of
from secmon.risk.profile import Profile

# The window of `source_under_suspicion`, in whole minutes.
TALLY_MINUTES = 10


class PolicyVersions(NamedTuple):
    """Which policy judges, and which one beside it without effect, if any."""

    in_force: int
    shadow: int | None


@dataclass(frozen=True, slots=True)
class FirstReport:
    """The first report of an event: the JSON text that it was answered, and what became of it since.

    `digest` tells whether it was the same event; None where the release before stored it.
    """

    answer: str
    digest: str | None
    challenge: str | None
    learnt: bool
    received_at: datetime


class AccountState(msgspec.Struct, frozen=True):
    """What is known when an event comes in. `memory`: the account as the judgement sees it.

    `before`: an event of this id came in before.
    """

    memory: AccountMemory
    required_actions: tuple[str, ...]
    locale: str
    before: FirstReport | None
    policies: PolicyVersions
    tallies: Tallies

    @property
    def standing(self) -> Standing:
        """As the gate has it."""
        return Standing.FROZEN if self.memory.frozen else Standing.ACTIVE


def minute_of(event: LoginEvent) -> int:
    """Whole minutes since 1970: what failures are counted by."""
    return int(event.occurred_at.timestamp()) // 60


def read(work: Work, event: LoginEvent, *, lock: bool) -> AccountState:
    """What is known of the event's account and source.

    With `lock` the account's row is locked, and made where the account is new. The lock's statement goes
    first and the others see what its last holder left: a snapshot is taken a statement (READ COMMITTED).
    """
    look = locking.read_locked if lock else locking.read_unlocked
    (account,), *rest = look(work, event.account_id, *_queries(event))
    return _known(account, rest)


def _queries(event: LoginEvent) -> list[Query]:
    source = {"minute": minute_of(event), "minutes": TALLY_MINUTES, "account_id": event.account_id}
    queries = [
        devices.KNOWN(account_id=event.account_id),
        statements.STATE(account_id=event.account_id, event_id=event.event_id),
        statements.MARKED_BY_NETWORK(ip=event.ip, network=network_of(event.ip), **source),
    ]
    if event.device_id is not None:
        queries.append(statements.FAILED_BY_DEVICE(device_id=event.device_id, **source))
        queries.append(devices.OTHER_ACCOUNTS(install_id=event.device_id, account_id=event.account_id))
    return queries


def _known(account: Any, rest: list[Any]) -> AccountState:
    used, state, by_network, *by_device = rest
    profile, *reported, in_force, shadow = state[0]
    failed_by_ip, failed_by_network, entered_by_ip, entered_by_network = by_network[0]
    tallies = Tallies(
        failed_accounts_by_ip=failed_by_ip,
        failed_accounts_by_network=failed_by_network,
        failed_accounts_by_device=by_device[0][0][0] if by_device else 0,
        accounts_on_device=by_device[1][0][0] + 1 if by_device else 0,
        entered_accounts_by_ip=entered_by_ip,
        entered_accounts_by_network=entered_by_network,
    )
    devices_in_use = tuple(known_device(row) for row in used)
    policies = PolicyVersions(in_force, shadow)
    return known_of(account, first_report_of(reported), policies, profile, devices_in_use, tallies)


def first_report_of(row: Sequence[Any]) -> FirstReport | None:
    """The columns `statements.BEFORE`; all are empty where the event is new."""
    return None if row[0] is None else FirstReport(*row)


def known_device(row: Row) -> KnownDevice:
    """A row of `devices.KNOWN`."""
    key, install_id, traits, trusted, label, last_seen_at, thumbprint, nonces = row
    used_nonces = tuple(json.loads(nonces)) if nonces else ()
    return KnownDevice(
        key, install_id, read_traits(traits), last_seen_at, thumbprint, used_nonces, trusted, label
    )


def known_of(
    account: Row,
    before: FirstReport | None,
    policies: PolicyVersions,
    profile: str | None,
    devices_in_use: tuple[KnownDevice, ...],
    tallies: Tallies,
) -> AccountState:
    """Rows of the database as what they say."""
    standing, required_actions, locale, returned = account
    return AccountState(
        memory=AccountMemory(
            profile=Profile.decode(profile) if profile else Profile(),
            devices=devices_in_use,
            frozen=standing == Standing.FROZEN,
            returned=bool(returned),
        ),
        required_actions=tuple(required_actions),
        locale=locale,
        before=before,
        policies=policies,
        tallies=tallies,
    )


# The same phones log in again and again; a handful of traits stands for most rows.
read_traits = lru_cache(maxsize=8192)(Traits.from_json)
