"""One account's stored logins judged again, from the first on, under one policy. Pure.

What the draft changes is followed through: a login that it lets in teaches the profile, one that it
challenges teaches what its owner proved. What nobody can know is taken from what was: an owner who was let
in or passed a challenge then would have passed one now.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from msgspec import structs

from secmon.devices.user_agents import UserAgentReader
from secmon.logins.event import LoginEvent
from secmon.logins.judgement import AccountMemory, Judgement, judge
from secmon.risk.assess import Assessment, Decision
from secmon.risk.login import Login, Tallies
from secmon.risk.policy import Policy
from secmon.risk.population import Population

MOST_TAKEN_BACK = 1_000

CredentialChange = tuple[datetime, str, str]


@dataclass(frozen=True, slots=True)
class PastLogin:
    """A stored login. `tallies`: what other accounts did around it, as far as was found of it then.

    `trusted_device`: the key of its device, where the owner trusted it. `challenge`: passed, failed or None.
    `disowned_at`: when the owner said "not me" of it. `frozen`: the account was, whatever policy judges.
    """

    event: LoginEvent
    received_at: datetime
    tallies: Tallies
    learnt: bool
    challenge: str | None
    trusted_device: str | None = None
    disowned_at: datetime | None = None
    frozen: bool = False


class Replay:
    """An account as it would have come to be known under `policy`: its `memory` after the logins so far."""

    def __init__(
        self,
        policy: Policy,
        population: Population,
        reader: UserAgentReader,
        changes: Iterable[CredentialChange] = (),
    ) -> None:
        self._policy = policy
        self._population = population
        self._reader = reader
        self.memory = AccountMemory()
        self._disowned: list[tuple[datetime, Login]] = []
        # By device: what "not me" takes back, as far as the service would.
        self._learnt: dict[str, deque[Login]] = defaultdict(lambda: deque(maxlen=MOST_TAKEN_BACK))
        # Evidence looks at those before a login only, so all may be told at once.
        for change in changes:
            self.memory.profile.note_credential_change(*change)

    def judge(self, past: PastLogin) -> Assessment:
        """Judges the next login in time, and remembers of it what this policy would have remembered."""
        self._forget_disowned(past.event.occurred_at)
        self.memory = replace(
            self.memory,
            frozen=past.frozen,
            devices=[
                device if device.trusted is trusted else structs.replace(device, trusted=trusted)
                for device in self.memory.devices
                for trusted in (device.device_key == past.trusted_device,)
            ],
        )
        judgement = judge(
            past.event,
            self.memory,
            past.tallies,
            self._population,
            self._policy,
            self._reader,
            past.received_at,
        )
        # Whether it was history is not for a policy to say: that hangs on what had come in before it.
        if judgement.stale and not past.event.imported:
            judgement = structs.replace(judgement, learn=past.learnt)
        self._remember(past, judgement)
        return judgement.assessment

    def _remember(self, past: PastLogin, judgement: Judgement) -> None:
        login = judgement.login
        self.memory = self.memory.after(judgement, past.event)
        assessment = judgement.assessment
        challenged = login.success and assessment.decision is Decision.CHALLENGE
        to_prove = challenged or (assessment.elsewhere and assessment.decision is Decision.ALLOW)
        if judgement.learn:
            self._learnt[login.device_key or ""].append(login)
        elif challenged and past.challenge == "failed":
            self.memory.profile.note_failed_challenge(login)
        elif to_prove and past.learnt:
            self.memory = self.memory.after_proof(judgement, past.event)
            self._learnt[login.device_key or ""].append(login)
        if past.disowned_at is not None:
            self._disowned.append((past.disowned_at, login))

    def _forget_disowned(self, now: datetime) -> None:
        due = [login for disowned_at, login in self._disowned if disowned_at <= now]
        if not due:
            return
        self._disowned = [waiting for waiting in self._disowned if waiting[0] > now]
        keys = {login.device_key for login in due}
        for login in due:
            for learnt in self._learnt.pop(login.device_key or "", ()):
                self.memory.profile.take_back(learnt)
            self.memory.profile.note_not_me(login)
        self.memory.devices = [known for known in self.memory.devices if known.device_key not in keys]
