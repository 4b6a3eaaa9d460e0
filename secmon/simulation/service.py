"""The service in memory: judges a stream of messages as the real one does, with the same pure pieces."""

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from secmon.devices.user_agents import UserAgentReader
from secmon.geo.place import Place
from secmon.logins.event import FailureReason, LoginEvent, LoginOutcome
from secmon.logins.judgement import AccountMemory, Judgement, judge
from secmon.risk.assess import Decision
from secmon.risk.login import Login, Tallies
from secmon.risk.network import network_of
from secmon.risk.policy import Policy
from secmon.risk.population import Population
from secmon.simulation.kinds import ChallengeOutcome, Message, Subject

TALLY_WINDOW = timedelta(minutes=10)
FAILURES_REMEMBERED_PER_SOURCE = 500
# Source -> when, and which account.
Marks = dict[str, deque[tuple[datetime, str]]]


@dataclass(frozen=True, slots=True)
class JudgedLogin:
    """One login as it was judged. `logins_learnt`: how long the account's history was."""

    message: Message
    judgement: Judgement
    logins_learnt: int


class Service:
    """Accounts, tallies and population in dictionaries; everything judged under one policy."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._reader = UserAgentReader()
        self._memories: dict[str, AccountMemory] = defaultdict(AccountMemory)
        self._learnt: dict[str, int] = defaultdict(int)
        self._seen: set[tuple[str, str]] = set()
        self._failures: Marks = defaultdict(lambda: deque(maxlen=FAILURES_REMEMBERED_PER_SOURCE))
        self._entries: Marks = defaultdict(lambda: deque(maxlen=FAILURES_REMEMBERED_PER_SOURCE))
        self._accounts_of_device: dict[str, set[str]] = defaultdict(set)
        self._counts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        self._totals: dict[str, float] = defaultdict(float)
        self._population = Population(self._counts, self._totals)

    def receive(self, message: Message) -> JudgedLogin | None:
        """Take one message; None if it is no login or has come before."""
        if message.subject is Subject.CREDENTIAL_CHANGE:
            self._note_change(message.body)
            return None
        event = event_of(message.body)
        if (event.account_id, event.event_id) in self._seen:
            return None
        self._seen.add((event.account_id, event.event_id))
        memory = self._memories[event.account_id]
        tallies = self._tallies(event)
        judgement = judge(
            event,
            memory,
            tallies,
            self._population,
            self.policy,
            self._reader,
            message.delivered_at,
        )
        judged = JudgedLogin(message, judgement, self._learnt[event.account_id])
        self._keep(event, memory, judged)
        return judged

    def _note_change(self, body: Mapping[str, Any]) -> None:
        at = datetime.fromisoformat(body["occurred_at"])
        profile = self._memories[body["account_id"]].profile
        profile.note_credential_change(at, body["credential"], body["method"])

    def _keep(self, event: LoginEvent, memory: AccountMemory, judged: JudgedLogin) -> None:
        judgement, login = judged.judgement, judged.judgement.login
        if not login.success:
            for source in filter(None, (event.ip, login.network, event.device_id)):
                self._failures[source].append((event.occurred_at, event.account_id))
        elif event.device_id:
            self._accounts_of_device[event.device_id].add(event.account_id)
        if judgement.enters:
            self._enter(event)
        memory = memory.after(judgement, event)
        if judgement.learn:
            self._count(judgement.login)
        elif judgement.assessment.decision is Decision.CHALLENGE and login.success:
            memory = self._settled(event, memory, judged)
        self._memories[event.account_id] = memory

    def _enter(self, event: LoginEvent) -> None:
        """Its owner has got in: what the account failed there was nobody else."""
        network, own = network_of(event.ip), event.account_id
        for source in filter(None, (event.ip, network, event.device_id)):
            if source in self._failures:
                failed = [mark for mark in self._failures[source] if mark[1] != own]
                self._failures[source] = deque(failed, maxlen=FAILURES_REMEMBERED_PER_SOURCE)
        for source in (event.ip, network):
            self._entries[source].append((event.occurred_at, own))

    def _settled(self, event: LoginEvent, memory: AccountMemory, judged: JudgedLogin) -> AccountMemory:
        """The account once the challenge was passed, failed or ignored."""
        match judged.message.answer:
            case ChallengeOutcome.PASSED:
                self._count(judged.judgement.login)
                return memory.after_proof(judged.judgement, event)
            case ChallengeOutcome.FAILED:
                memory.profile.note_failed_challenge(judged.judgement.login)
            case ChallengeOutcome.IGNORED:
                pass
        return memory

    def _count(self, login: Login) -> None:
        """The population counts what was learnt."""
        self._learnt[login.account_id] += 1
        for level, value in Population.fold(login):
            self._counts[level][value] += 1
            self._totals[level] += 1

    def _tallies(self, event: LoginEvent) -> Tallies:
        def others(marks: Marks, source: str | None) -> int:
            since = event.occurred_at - TALLY_WINDOW
            here = {
                account for at, account in marks.get(source or "", ()) if since <= at <= event.occurred_at
            }
            return len(here - {event.account_id})

        network = network_of(event.ip)
        accounts = self._accounts_of_device.get(event.device_id or "", set())
        return Tallies(
            others(self._failures, event.ip),
            others(self._failures, network),
            others(self._failures, event.device_id),
            len(accounts | {event.account_id}),
            others(self._entries, event.ip),
            others(self._entries, network),
        )


def event_of(body: Mapping[str, Any]) -> LoginEvent:
    """The event that a message's body describes."""
    reason = body.get("failure_reason")
    return LoginEvent(
        event_id=body["event_id"],
        account_id=body["account_id"],
        occurred_at=datetime.fromisoformat(body["occurred_at"]),
        outcome=LoginOutcome(body["outcome"]),
        ip=body["ip"],
        user_agent=body["user_agent"],
        failure_reason=FailureReason(reason) if reason else None,
        device_id=body.get("device_id"),
        amr=tuple(body["amr"]),
        place=Place(**body["geo"]) if "geo" in body else None,
    )
