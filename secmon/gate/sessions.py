"""Whose session is it? What is done in one belongs to the login that it began with."""

from __future__ import annotations

import json
from dataclasses import dataclass

from secmon.database.work import Work
from secmon.gate.question import Question
from secmon.gate.state import State
from secmon.logins import profiles, stored
from secmon.logins.judges import Judges
from secmon.logins.places import is_usual
from secmon.logins.stored import SessionLogin
from secmon.risk.assess import Decision
from secmon.risk.network import network_of

ENDED, UNKNOWN, MOVED, UNPROVEN = "session_ended", "session_unknown", "session_moved", "login_unproven"


@dataclass(frozen=True, slots=True)
class Session:
    """What is known of the session that asks. `trouble` is what is wrong with it, if anything.

    `device_key`: the device that it began on; `asks_on`: the one that asks now. `is_usual`: its login was
    taken for the owner's, and learnt, and it goes on where it began.
    """

    trouble: str | None
    device_key: str | None
    asks_on: str | None
    is_usual: bool

    @property
    def is_over(self) -> bool:
        return self.trouble == ENDED


def of(work: Work, account_id: str, question: Question, state: State, judges: Judges) -> Session:
    """The session by its id; without one, what the device's id says."""
    login = state.login
    if question.session_id is None or login is None:
        trouble = None if question.session_id is None else UNKNOWN
        return Session(trouble, question.device_id, question.device_id, is_usual=False)
    key: str = json.loads(login.assessment)["device"]["device_id"]
    trouble = _trouble(work, account_id, login, question, state, judges)
    # The id of an install is not always the key of its device.
    has_left = question.device_id is not None and question.device_id != login.device_id
    asks_on = question.device_id if has_left else key
    return Session(trouble, key, asks_on, is_usual=login.learnt and trouble is None)


def _trouble(
    work: Work, account_id: str, login: SessionLogin, question: Question, state: State, judges: Judges
) -> str | None:
    frozen_since = state.frozen_at is not None and login.received_at <= state.frozen_at
    if frozen_since or stored.let_nobody_in(login):
        return ENDED
    if _has_moved(login, question, judges) or _is_away(work, account_id, login, question, judges):
        return MOVED
    # A challenge that nobody has passed: the wallet let them in all the same.
    if login.decision == Decision.CHALLENGE and not login.learnt:
        return UNPROVEN
    return None


def _has_moved(login: SessionLogin, question: Question, judges: Judges) -> bool:
    """Another device, install or system than the login's; or another network in another country."""
    if question.device_id is not None and question.device_id != login.device_id:
        return True
    if question.user_agent is not None:
        here, there = judges.reader.read(question.user_agent), judges.reader.read(login.user_agent)
        told = not (here.says_nothing or there.says_nothing)
        if told and (here.system, here.model) != (there.system, there.model):
            return True
    return question.ip is not None and _is_abroad(login, question.ip, judges)


def _is_away(work: Work, account_id: str, login: SessionLogin, question: Question, judges: Judges) -> bool:
    """In a network in which the owner was never seen, nor with its operator nor in its city.

    A session's token is copied together with all that the phone says of itself. Where nobody knows whose
    networks are, phones are in another one all the time.
    """
    if question.ip is None or network_of(question.ip) == network_of(login.ip):
        return False
    if judges.place_of(question.ip, None) is None:
        return False
    return not is_usual(profiles.read(work, account_id), question.ip, judges.place_of)


def _is_abroad(login: SessionLogin, ip: str, judges: Judges) -> bool:
    if network_of(ip) == network_of(login.ip):
        return False
    here, there = judges.place_of(ip, None), judges.place_of(login.ip, None)
    countries = {place.country for place in (here, there) if place is not None and place.country}
    return len(countries) > 1
