"""Everything that is known when a login comes in, read in one round trip, the account locked first."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from secmon.accounts import beginning, locking
from secmon.accounts.gate import Standing
from secmon.database.statements import Query, Row
from secmon.database.work import Work
from secmon.devices import statements as devices
from secmon.devices.recognition import KnownDevice
from secmon.devices.traits import Traits
from secmon.logins import statements
from secmon.logins.event import LoginEvent
from secmon.logins.judgement import AccountMemory
from secmon.risk.network import network_of
from secmon.risk.profile import Profile
from secmon.risk.tallies import Tallies

# The window of `source_under_suspicion`, in whole minutes.
TALLY_MINUTES = 10
NEW_ACCOUNT: Row = (Standing.ACTIVE, {}, beginning.NEW_LOCALE, False)


class PolicyVersions(NamedTuple):
    """Which policy judges, and which one beside it without effect, if any."""

    in_force: int
    shadow: int | None


@dataclass(frozen=True, slots=True)
class UsedDevice:
    """A device known of the account, as its row holds it."""

    device: KnownDevice
    trusted: bool
    label: str | None


@dataclass(frozen=True, slots=True)
class Before:
    """The first report of an event: the JSON text that it was answered, and what became of it since.

    `digest` tells whether it was the same event; None where the release before stored it.
    """

    answer: str
    digest: str | None
    challenge: str | None
    learnt: bool
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """`before` is there where an event of this id came in before. `devices`: latest in use first.

    `returned`: it was erased lately, and has come back.
    """

    standing: str
    required_actions: tuple[str, ...]
    locale: str
    returned: bool
    before: Before | None
    policies: PolicyVersions
    profile: Profile
    devices: tuple[UsedDevice, ...]
    tallies: Tallies

    def memory(self) -> AccountMemory:
        """The account as the judgement sees it."""
        return AccountMemory(
            profile=self.profile,
            devices=[used.device for used in self.devices],
            trusted=frozenset(used.device.device_key for used in self.devices if used.trusted),
            frozen=self.standing == Standing.FROZEN,
            returned=self.returned,
        )

    def device(self, key: str | None) -> UsedDevice | None:
        """The known device of that key."""
        return next((used for used in self.devices if used.device.device_key == key), None)


def minute_of(event: LoginEvent) -> int:
    """Whole minutes since 1970: what failures are counted by."""
    return int(event.occurred_at.timestamp()) // 60


def read(work: Work, event: LoginEvent, *, lock: bool) -> Known:
    """What is known of the event's account and source.

    With `lock` the account's row is locked, and made where the account is new. The lock's statement goes
    first and the others see what its last holder left: a snapshot is taken a statement (READ COMMITTED).
    """
    account_query = (locking.LOCK if lock else locking.LOOK)(account_id=event.account_id)
    account, *rest = work.read(account_query, *_queries(event))
    if not account and lock:
        created = beginning.created([event.account_id], work.now, work.dialect)
        _, account, *rest = work.read(created, account_query, *_queries(event))
    return _known(account[0] if account else _not_there(work, event), rest)


def _not_there(work: Work, event: LoginEvent) -> Row:
    """The account as it would begin with this event."""
    (returns,) = work.read(beginning.WOULD_RETURN(account_id=event.account_id, now=work.now))
    return (*NEW_ACCOUNT[:-1], bool(returns))


def _queries(event: LoginEvent) -> list[Query]:
    source = {"minute": minute_of(event), "minutes": TALLY_MINUTES, "account_id": event.account_id}
    queries = [
        statements.STATE(account_id=event.account_id, event_id=event.event_id),
        devices.KNOWN(account_id=event.account_id),
        statements.FAILED_BY_NETWORK(ip=event.ip, network=network_of(event.ip), **source),
    ]
    if event.device_id is not None:
        queries.append(statements.FAILED_BY_DEVICE(device_id=event.device_id, **source))
        queries.append(devices.OTHER_ACCOUNTS(install_id=event.device_id, account_id=event.account_id))
    return queries


def _known(account: Any, rest: list[Any]) -> Known:
    state, used, by_network, *by_device = rest
    profile, *reported, in_force, shadow = state[0]
    (failed_by_ip, failed_by_network) = by_network[0]
    tallies = Tallies(
        failed_accounts_by_ip=failed_by_ip,
        failed_accounts_by_network=failed_by_network,
        failed_accounts_by_device=by_device[0][0][0] if by_device else 0,
        accounts_on_device=by_device[1][0][0] + 1 if by_device else 0,
    )
    devices_in_use = tuple(used_device(row) for row in used)
    policies = PolicyVersions(in_force, shadow)
    return known_of(account, before_of(reported), policies, profile, devices_in_use, tallies)


def before_of(row: Sequence[Any]) -> Before | None:
    """The columns `statements.BEFORE`; all are empty where the event is new."""
    return None if row[0] is None else Before(*row)


def used_device(row: Row) -> UsedDevice:
    """A row of `devices.KNOWN`."""
    key, install_id, traits, trusted, label, last_seen_at, thumbprint, nonces = row
    used_nonces = tuple(json.loads(nonces)) if nonces else ()
    device = KnownDevice(key, install_id, read_traits(traits), last_seen_at, thumbprint, used_nonces)
    return UsedDevice(device, trusted, label)


def known_of(
    account: Row,
    before: Before | None,
    policies: PolicyVersions,
    profile: str | None,
    devices_in_use: tuple[UsedDevice, ...],
    tallies: Tallies,
) -> Known:
    """Rows of the database as what they say."""
    standing, required_actions, locale, returned = account
    return Known(
        standing=standing,
        required_actions=tuple(required_actions),
        locale=locale,
        returned=bool(returned),
        before=before,
        policies=policies,
        profile=Profile.decode(profile) if profile else Profile(),
        devices=devices_in_use,
        tallies=tallies,
    )


# The same phones log in again and again; a handful of traits stands for most rows.
read_traits = lru_cache(maxsize=8192)(Traits.from_json)
