"""May this be done now? Under the account's lock, so that whatever is allowed counts for the next one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from sqlalchemy import select

from secmon.accounts import gate
from secmon.accounts import service as accounts
from secmon.accounts.gate import AS_GOOD_AS_MONEY, MOVES_MONEY, Action, Standing
from secmon.accounts.service import Account
from secmon.core.errors import Conflict
from secmon.core.money import Cap, Moved, fits
from secmon.database.work import Work
from secmon.gate import sessions
from secmon.gate import state as states
from secmon.gate.lifting import can_lift, is_proven
from secmon.gate.models import GateRequest
from secmon.gate.question import Question
from secmon.gate.sessions import Session
from secmon.gate.state import State
from secmon.holds import service as holds
from secmon.holds.rules import Rules, Trigger
from secmon.holds.service import Hold
from secmon.holds.versions import KnownRules
from secmon.logins import profiles
from secmon.logins.judges import Judges
from secmon.logins.places import is_usual

LED_FOR = timedelta(minutes=30)
# Being led into any of these is how most money is lost to callers.
LED_INTO = (Action.ADD_PAYEE, Action.RAISE_LIMIT, Action.EXPORT_KEY)


class Verdict(IntEnum):
    """From what lets it be to what stops it: the strictest finding decides."""

    ALLOW = 0
    PROVE = 1
    HOLD = 2
    DENY = 3


class RequestReused(Conflict):
    """The same request_id was used for something else: another amount, payee, action or session."""

    code = "request_id_reused"
    title = "This request_id is another request's"
    advice = "Give each thing that is to be done an id of its own, and keep it for retries of that alone."


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that speaks against it. `hold` is the hold that it is; `until`: when it ends by itself."""

    verdict: Verdict
    code: str
    until: datetime | None = None
    hold: Hold | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """The answer to a question: the verdict, why, and under which of the account's epochs."""

    verdict: Verdict
    findings: Sequence[Finding]
    epoch: str
    question: Question
    signing: tuple[str, bytes] | None

    @property
    def decision(self) -> str:
        """The verdict as the API has it."""
        return self.verdict.name.lower()

    @property
    def codes(self) -> str:
        """Why, as it is stored."""
        return " ".join(dict.fromkeys(one.code for one in self.findings))[:200]

    @property
    def until(self) -> datetime | None:
        """When the last of what stops it is over."""
        ends = [one.until for one in self.findings if one.verdict is self.verdict]
        return max((end for end in ends if end is not None), default=None)


def ask(work: Work, account_id: str, question: Question, judges: Judges, known_rules: KnownRules) -> Decided:
    """Decides, and counts what it allows; asked again under its id, it says what holds now and counts once.

    Raises `AccountUnknown`, and `RequestReused` where the id was another request's.
    """
    state = states.read(work, account_id, question)
    session = sessions.of(work, account_id, question, state, judges)
    rules = known_rules.at(work, state.rules_version)
    if state.is_plain(work.now) and not question.is_led:
        is_away = rules.away is not None and _is_away(work, account_id, question, judges)
        findings = [*_of_session(session), *(_of_place(rules, question) if is_away else ())]
        decided = _decided(findings, question, state.epoch, state)
        work.defer(states.STORE(**_row(work, account_id, question, decided)))
        return decided
    return _ask_about_holds(work, account_id, question, session, state, rules, judges)


def _ask_about_holds(
    work: Work,
    account_id: str,
    question: Question,
    session: Session,
    state: State,
    rules: Rules,
    judges: Judges,
) -> Decided:
    """Where something holds, or the request is known: what goes under caps is counted."""
    account = accounts.lock(work, account_id)
    request = work.session.get(GateRequest, (account_id, question.request_id), populate_existing=True)
    if request is None:
        request = GateRequest(
            account_id=account_id,
            request_id=question.request_id,
            digest=question.digest,
            asked=question.stored(),
            payee=question.payee,
            asked_at=work.now,
            decision="",
            reasons="",
            counted=[],
        )
        work.session.add(request)
    elif request.digest != question.digest:
        raise RequestReused
    if question.is_led:
        _lead(work, account, question)
    is_away = _is_away(work, account_id, question, judges)
    standing = [
        hold
        for hold in _holds(work, account_id, question, session)
        if _applies(hold, question, session, is_away=is_away)
    ]
    findings = [
        *_of_account(work, account, question),
        *_of_session(session),
        *_of_holds(work, question, session, standing, request),
        *(_of_place(rules, question) if is_away else ()),
    ]
    against = {one.hold.hold_id for one in findings if one.hold is not None}
    within = [hold for hold in standing if hold.cap and hold.hold_id not in against]
    proven = [one for one in findings if is_proven(request, one.hold, work.now)]
    findings = [one for one in findings if one.verdict is not Verdict.PROVE or one not in proven]
    if not findings and question.ask is not None:
        _count(work, account, question, request, within)
    epoch = accounts.epoch(account.created_at, account.version)
    decided = _decided(findings, question, epoch, state)
    request.decision, request.reasons = decided.decision, decided.codes
    work.session.flush()
    return decided


def _decided(findings: Sequence[Finding], question: Question, epoch: str, state: State) -> Decided:
    verdict = max((one.verdict for one in findings), default=Verdict.ALLOW)
    return Decided(verdict, findings, epoch, question, state.signing)


def _row(work: Work, account_id: str, question: Question, decided: Decided) -> dict[str, Any]:
    return {
        "account_id_": account_id,
        "request_id_": question.request_id,
        "digest_": question.digest,
        "asked_": json.dumps(question.stored()),
        "payee_": question.payee,
        "asked_at_": work.now,
        "decision_": decided.decision,
        "reasons_": decided.codes,
        "counted_": "[]",
    }


def _count(
    work: Work, account: Account, question: Question, request: GateRequest, within: Iterable[Hold]
) -> None:
    """What goes under the caps; what a proof let go above one is not counted there."""
    new = [hold for hold in within if str(hold.hold_id) not in request.counted]
    if new and question.ask is not None:
        holds.spend(work, account, new, question.ask)
        request.counted = [*request.counted, *(str(hold.hold_id) for hold in new)]


def _lead(work: Work, account: Account, question: Question) -> None:
    """Half an hour without what callers lead people into, and without money to somebody new."""
    actions: Sequence[Action] = LED_INTO
    subject = holds.WHOLE_ACCOUNT
    if question.moves_money:
        if question.payee is None or _was_paid(work, account.account_id, question.payee):
            return
        actions, subject = sorted(MOVES_MONEY), holds.payee(question.payee)
    elif question.action not in LED_INTO:
        return
    holds.lock(work, account, Trigger.ON_CALL, actions, work.now + LED_FOR, subject=subject)


def _was_paid(work: Work, account_id: str, payee: str) -> bool:
    """Whether money went to that payee before today, as far as requests are kept."""
    query = select(GateRequest.request_id).where(
        GateRequest.account_id == account_id,
        GateRequest.decision == Verdict.ALLOW.name.lower(),
        GateRequest.asked_at < work.now - timedelta(hours=24),
        GateRequest.payee == payee,
    )
    return work.session.scalar(query.limit(1)) is not None


def _holds(work: Work, account_id: str, question: Question, session: Session) -> list[Hold]:
    """Those of the account, of the payee and of the device. Who tells no device may be on any."""
    subjects = {holds.WHOLE_ACCOUNT}
    if question.payee is not None:
        subjects |= {holds.payee(question.payee), holds.PAYEES}
    subjects |= {holds.device(key) for key in (session.device_key, session.asks_on) if key is not None}
    found = holds.live(work, account_id, subjects)
    if _of_payee(found) is None:
        # Whoever was not just added is paid as ever.
        found = [hold for hold in found if hold.subject != holds.PAYEES]
    if session.device_key is None:
        found += holds.live_on_devices(work, account_id)
    return found


def _of_payee(standing: Iterable[Hold]) -> Hold | None:
    """The hold on the payee who is to be paid."""
    return next((hold for hold in standing if hold.subject.startswith("payee:")), None)


def _of_account(work: Work, account: Account, question: Question) -> Iterator[Finding]:
    if account.standing == Standing.FROZEN:
        yield Finding(Verdict.DENY, "frozen")
    if account.required_actions and question.action in AS_GOOD_AS_MONEY:
        yield Finding(Verdict.HOLD, "action_required")
    # What the release before wrote down, or what has outlived an erasure.
    for one in gate.live(account.restrictions, work.now):
        if one.hold_id is None and one.action == question.action and not one.permits(question.ask):
            yield Finding(Verdict.HOLD, one.reason, one.until)


def _of_session(session: Session) -> Iterator[Finding]:
    if session.trouble is not None:
        yield Finding(Verdict.DENY if session.is_over else Verdict.PROVE, session.trouble)


def _applies(hold: Hold, question: Question, session: Session, *, is_away: bool) -> bool:
    """Whether the hold is about that, from there."""
    if question.action not in hold.actions.split():
        return False
    if hold.trigger == Trigger.OWNER_AWAY:
        return is_away
    # The owner is at home, whoever is elsewhere with a copy.
    return hold.trigger != Trigger.KNOWN_DEVICE_ELSEWHERE or not session.is_usual


def _of_holds(
    work: Work, question: Question, session: Session, standing: Iterable[Hold], request: GateRequest
) -> Iterator[Finding]:
    for hold in standing:
        if not _is_within(hold, question, request):
            # What all payees have had together is told of as the hold on this one.
            about = (hold.subject == holds.PAYEES and _of_payee(standing)) or hold
            may_prove = can_lift(work, about, session.asks_on, question.ip)
            yield Finding(Verdict.PROVE if may_prove else Verdict.HOLD, hold.trigger, about.until, about)


def _of_place(rules: Rules, question: Question) -> Iterator[Finding]:
    """What the rules let go at once from where the owner is not known to be."""
    most = rules.away
    if most is not None and question.moves_money:
        ask = question.ask
        if ask is None or not fits(ask, most, Moved()):
            yield Finding(Verdict.PROVE, Trigger.OWNER_AWAY)


def _is_within(hold: Hold, question: Question, request: GateRequest) -> bool:
    """Whether it fits under the cap; what was counted already is not counted against itself."""
    if hold.cap is None or question.ask is None:
        return False
    return str(hold.hold_id) in request.counted or fits(
        question.ask, Cap.of(hold.cap), Moved(hold.sums, hold.base)
    )


def _is_away(work: Work, account_id: str, question: Question, judges: Judges) -> bool:
    if question.ip is None:
        return False
    return not is_usual(profiles.read(work, account_id), question.ip, judges.place_of)
