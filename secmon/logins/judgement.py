"""One login event judged against what is known of its account, and what the account is after it.

Pure: the service, batches, backtests and the simulation all use it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from secmon.devices.proven import DeviceProof
from secmon.devices.recognition import MOST_KNOWN, KnownDevice, Recognised, derived_key, recognise
from secmon.devices.traits import Traits
from secmon.devices.user_agents import UserAgentReader
from secmon.geo.place import Place
from secmon.logins.event import FailureReason, LoginEvent, LoginOutcome
from secmon.risk.assess import Assessment, Decision, assess
from secmon.risk.learning import should_learn
from secmon.risk.levels import Level
from secmon.risk.login import Login, Recognition, Tallies
from secmon.risk.network import network_of
from secmon.risk.policy import Policy
from secmon.risk.population import Population
from secmon.risk.profile import Profile

# What is older than this when it comes in is stale. Before an account's first live login it is history: the
# wallet accepted it long ago. An account that was erased and came back has had its live logins.
HISTORY_AFTER = timedelta(days=30)
# Of what is older than any record of it, nobody is told: nobody could say any more whether it was them.
TOLD_FOR = timedelta(days=184)


@dataclass(slots=True)
class AccountMemory:
    """What is known of one account, and what it is after a login. `devices`: latest in use first.

    `frozen`: nobody is let in, and nothing is learnt. `returned`: it was known before it was erased.
    """

    profile: Profile = field(default_factory=Profile)
    devices: Sequence[KnownDevice] = ()
    frozen: bool = False
    returned: bool = False

    def device(self, key: str | None) -> KnownDevice | None:
        """The known device of that key."""
        return next((device for device in self.devices if device.device_key == key), None)

    def has_failed_within(self, window: timedelta, at: datetime) -> bool:
        """Somebody failed at this account shortly before."""
        latest = int(at.timestamp())
        return any(0 <= latest - failed <= window.total_seconds() for failed, *_ in self.profile.failures)

    def after(self, judgement: Judgement, event: LoginEvent) -> AccountMemory:
        """The account once this login of it was judged: its habits, its devices, its standing.

        The profile is the same object, taught: a copy would take longer than the judgement.
        """
        profile, login = self.profile, judgement.login
        if not judgement.history:
            profile.live = True
        if judgement.learn:
            profile.learn(login)
        elif not login.success:
            profile.note_failure(login)
        devices = self.devices
        if judgement.makes_known:
            devices = self._with_known(judgement, event)
        elif login.success and judgement.proof is not None:
            devices = self._with_spent(judgement)
        return AccountMemory(profile, devices, self.frozen or judgement.freezes, self.returned)

    def after_proof(self, judgement: Judgement, event: LoginEvent) -> AccountMemory:
        """The account once a login was proven that had taught nothing: it becomes habit, its device known."""
        self.profile.learn(judgement.login)
        return dataclasses.replace(self, devices=self._with_known(judgement, event))

    def _with_known(self, judgement: Judgement, event: LoginEvent) -> tuple[KnownDevice, ...]:
        """The devices after a login that taught one: as the next request would read them."""
        key = judgement.recognised.device_key or ""
        known = self.device(key) or KnownDevice(key, event.device_id, judgement.traits)
        taught = known.after(judgement.traits, event.occurred_at, judgement.proof)
        others = (device for device in self.devices if device.device_key != key)
        latest = sorted([*others, taught], key=lambda device: device.last_seen_at, reverse=True)
        return tuple(latest[:MOST_KNOWN])

    def _with_spent(self, judgement: Judgement) -> tuple[KnownDevice, ...]:
        """The devices after a login that taught none, and used a nonce of one."""
        key = judgement.recognised.device_key
        return tuple(
            device.having_used(judgement.proof) if device.device_key == key else device
            for device in self.devices
        )


class Judgement(msgspec.Struct, frozen=True):
    """How one event was judged, and whether it becomes habit. `recognised` always has a device key.

    `decision` is the last word: a frozen account is denied, whatever the login looks like. `history`: it is
    of the time before this service was asked, and nobody is told of it. `stale`: it is older than 30 days.
    `notify`: the owner is to be told; not anew where it is `familiar`, and
    they were told of the like lately. `proof`: what the device has proven, for the first time.
    """

    login: Login
    traits: Traits
    recognised: Recognised
    assessment: Assessment
    decision: Decision
    history: bool
    stale: bool
    learn: bool
    notify: bool
    proof: DeviceProof | None = None
    familiar: bool = False

    @property
    def enters(self) -> bool:
        """Its owner has got in, as far as anybody can tell: let in or proven, on a known device."""
        return self.learn and self.login.on_known_device and not (self.history or self.stale)

    @property
    def makes_known(self) -> bool:
        """It teaches, and its device is known from now on: no device is, beside one that is known by its key,
        that shares its id and has shown none.
        """
        return self.learn and not (self.recognised.copied and self.proof is None)

    @property
    def freezes(self) -> bool:
        """The policy lets the service freeze by itself, and this login is a reason that has not passed."""
        return self.assessment.freeze and self.login.success and not (self.history or self.stale)


def judge(
    event: LoginEvent,
    memory: AccountMemory,
    tallies: Tallies,
    population: Population,
    policy: Policy,
    reader: UserAgentReader,
    now: datetime,
) -> Judgement:
    """Recognise the device and weigh the risk. Changes nothing; `now` is when the event came in."""
    traits = reader.read(event.user_agent)
    proof = _unspent(event.proof, memory.devices)
    recognised = _keyed(
        recognise(traits, event.device_id, memory.devices, event.occurred_at, proof), traits, event, memory
    )
    known = memory.device(recognised.device_key)
    login = login_of(event, traits, recognised, trusted=known is not None and known.trusted)
    assessment = assess(login, memory.profile, tallies, population, policy)
    stale = event.occurred_at < now - HISTORY_AFTER
    history = event.imported or (stale and not (memory.profile.live or memory.returned))
    decision = Decision.DENY if memory.frozen else assessment.decision
    learn = should_learn(
        assessment,
        success=login.success,
        history=history,
        stale=stale,
        copied=recognised.copied,
        frozen=memory.frozen,
    )
    told_of = login.success and not history and event.occurred_at >= now - TOLD_FOR
    sampled = policy.samples(event.account_id, event.event_id)
    notify = told_of and (assessment.notify or sampled)
    familiar = (
        decision is Decision.ALLOW
        and recognised.like_a_known_browser
        and event.ip in memory.profile.counts.get(Level.ADDRESS, {})
        and not (login.anonymizer or assessment.elsewhere or sampled)
    )
    return Judgement(
        login, traits, recognised, assessment, decision, history, stale, learn, notify, proof, familiar
    )


def _unspent(proof: DeviceProof | None, devices: Sequence[KnownDevice]) -> DeviceProof | None:
    """The proof, unless it was presented before."""
    if proof is None:
        return None
    seen = any(
        device.key_thumbprint == proof.thumbprint and not device.is_proven(proof) for device in devices
    )
    return None if seen else proof


def _keyed(recognised: Recognised, traits: Traits, event: LoginEvent, memory: AccountMemory) -> Recognised:
    """A device that matched none gets a key: its install's id, unless another device goes by that one.

    An account whose devices were all forgotten has habits still, and one that comes back after an erasure had
    some: what comes then is new, and not the first.
    """
    if recognised.device_key is not None:
        return recognised
    begins = memory.profile.is_empty and not memory.returned
    if recognised.recognition is Recognition.FIRST and not begins:
        recognised = replace(recognised, recognition=Recognition.NEW)
    taken = {device.device_key for device in memory.devices}
    key = event.device_id if event.device_id not in taken else None
    return replace(recognised, device_key=key or derived_key(traits, taken, event.device_id))


def login_of(event: LoginEvent, traits: Traits, recognised: Recognised, *, trusted: bool) -> Login:
    """The event as risk sees it; rebuilt from a stored event when a challenge or its owner settles it."""
    place = event.place or Place()
    return Login(
        account_id=event.account_id,
        occurred_at=event.occurred_at,
        success=event.outcome is LoginOutcome.SUCCESS,
        recognition=recognised.recognition,
        ip=event.ip,
        network=network_of(event.ip),
        asn=place.asn,
        country=place.country,
        region=place.region,
        city=place.city,
        latitude=place.latitude,
        longitude=place.longitude,
        accuracy_radius_km=place.accuracy_radius_km,
        anonymizer=place.anonymizer,
        hosting=place.hosting,
        device_key=recognised.device_key,
        named_install=event.device_id is not None,
        brand=traits.brand,
        model=traits.model,
        system=None if traits.says_nothing else traits.system,
        device_class=None if traits.says_nothing else traits.device_class,
        client=None if traits.says_nothing else traits.client,
        client_major=str(traits.client_version[0]) if traits.client_version else None,
        automation=traits.automation,
        new_install_of_known_model=recognised.new_install_of_known_model,
        like_a_known_browser=recognised.like_a_known_browser,
        trusted_device=trusted,
        amr=event.amr,
        wrong_password=event.failure_reason is FailureReason.BAD_PASSWORD,
    )
