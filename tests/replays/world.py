"""One account over HTTP: sends calls in any manner, lets the model hear and the judges judge every answer."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import httpx

from tests.replays import afterwards, gate
from tests.replays.calls import Call, Exchange, exchanged
from tests.replays.contract import SAME_PERSON, STAFF, WALLETS, Offered, Rule
from tests.replays.hearing_logins import LOGINS
from tests.replays.hearing_people import PEOPLE
from tests.replays.hearing_secrets import SECRETS
from tests.replays.hears import Hears
from tests.replays.judging_answers import ANSWERS
from tests.replays.judging_people import PEOPLE as JUDGED_PEOPLE
from tests.replays.judging_secrets import SECRETS as JUDGED_SECRETS
from tests.replays.model import Account
from tests.service import NO_TLS, START, Service

_serial = itertools.count(1)
A_MOMENT = timedelta(seconds=1)
JUDGES = (*ANSWERS, *JUDGED_SECRETS, *JUDGED_PEOPLE)
HEARS: dict[str, Hears] = {**LOGINS, **PEOPLE, **SECRETS}
# What holds no money: a login that was let in, what is only asked, and what is written on a case.
QUIET = {
    *("assess_risk", "check_password", "dismiss_reminder", "post_login_event", "post_login_events"),
    *("add_note", "add_identity_check", "change_case", "open_case"),
}
ROLES = {"other_wallet": "wallet", "deputy": "supervisor", "supervisor_again": "supervisor"}


@dataclass(frozen=True)
class Complaint:
    rule: Rule
    what: str
    line: int


@dataclass(frozen=True)
class Site:
    """A service, whoever speaks with it, and what its document offers."""

    service: Service
    clients: dict[str, httpx.Client]
    offered: Offered
    threads: ThreadPoolExecutor


@contextmanager
def site_of(service: Service) -> Iterator[Site]:
    """Two wallets, and a support desk of three people, one of whom has two clients."""
    with ExitStack() as stack:
        admin = stack.enter_context(service.client("admin"))
        offered = Offered(admin.get("/openapi.json").raise_for_status().json())
        named = offered.in_body("create_client", "person_id")
        for client, role in ROLES.items():
            body = {"name": client, "role": role}
            if named and client in SAME_PERSON:
                body["person_id"] = service.credentials[SAME_PERSON[client]]["client_id"]
            made = admin.post("/v1/clients", json=body)
            if made.status_code == 409:
                continue  # One person has one client: nobody is two people.
            service.credentials[client] = made.raise_for_status().json()
        known = [name for name in (*WALLETS, *STAFF) if name in service.credentials]
        people = {name: stack.enter_context(service.client(name)) for name in known}
        people["owner"] = stack.enter_context(httpx.Client(base_url=service.url, verify=NO_TLS, timeout=20))
        threads = stack.enter_context(ThreadPoolExecutor(2))
        yield Site(service, people, offered, threads)


class World:
    """`script` is what was sent and answered, to be read; `tried` how often each rule was put to the test."""

    def __init__(self, site: Site) -> None:
        self.site, self.clock = site, site.service.clock
        self.clock.now = START
        self.account_id = f"replays-{next(_serial)}"
        self.path = f"/v1/accounts/{self.account_id}"
        self.account = Account(moved_at=START)
        self.script: list[str] = []
        self.sent: list[Call] = []
        self.held: list[Call] = []
        self.answered_at: dict[Call, datetime] = {}
        self.complaints: list[Complaint] = []
        self.tried: Counter[Rule] = Counter()
        self.done: Counter[str] = Counter()

    def fresh(self, kind: str) -> str:
        return f"{kind}-{next(_serial)}"

    def look(self, path: str) -> Any:
        """What the wallet reads of the account; None where it is not known."""
        answer = self.site.clients["wallet"].get(f"{self.path}{path}")
        return answer.json() if answer.is_success else None

    def tag_of(self, case_id: str) -> str | None:
        """The case's tag, as one who has just read it has it."""
        shown = self.site.clients["supervisor"].get(f"/v1/cases/{case_id}")
        return shown.headers["ETag"] if shown.is_success else None

    def wait(self, by: timedelta) -> None:
        self.clock.advance(by)
        self.script.append(f"... {by} later")

    def send(self, call: Call, *, times: int = 1) -> None:
        """Sends it, so often at the same moment, and judges every answer."""
        if call.person not in self.site.clients:
            self.script.append(f"there is no client {call.person}")
            self.tried[Rule.SECOND_PERSON] += 1
            return
        self.clock.advance(A_MOMENT)
        sent = self._seeing_the_case(call)
        client = self.site.clients[call.person]
        if times == 1:
            answers = [sent.send(client)]
        else:
            at_once = self.site.threads.map(sent.send, [client] * times)
            answers = sorted(at_once, key=_what_was_first)
        for answer in answers:
            x = exchanged(sent, self.clock.now, answer, self.answered_at.get(call))
            self._take(call, x)
        self._ask_the_gate()

    def _seeing_the_case(self, call: Call) -> Call:
        if call.operation not in {"approve_unfreeze", "approve_reset"}:
            return call
        about = {**call.about, "tag_now": self.tag_of(call.about["case_id"])}
        return replace(call, about=about)

    def _take(self, call: Call, x: Exchange) -> None:
        self.script.append(str(x).replace(self.account_id, "a"))
        if x.status >= 500:
            self.complain(Rule.OPEN, f"answered {x.status}")
        for rule, judge in JUDGES:
            found = judge(self.account, x)
            if found is not None:
                self.tried[rule] += 1
            if found:
                self.complain(rule, found)
        if x.done:
            self._hear(x)
        afterwards.judge(self, x)
        if x.done:
            self.done[x.call.operation] += 1
        if x.done and call not in self.answered_at:
            self.answered_at[call] = x.at
            self.sent.append(call)

    def _hear(self, x: Exchange) -> None:
        if x.call.operation not in QUIET:
            self.account.moved_at = x.at
        if x.call.operation in HEARS:
            HEARS[x.call.operation](self, x)

    def _ask_the_gate(self) -> None:
        shown = self.look("/standing?action=transfer")
        if shown is not None:
            gate.judge(self, shown)

    def complain(self, rule: Rule, what: str) -> None:
        self.complaints.append(Complaint(rule, what, len(self.script)))
        self.script.append(f"    !!! {rule}: {what}")


def _what_was_first(answer: httpx.Response) -> tuple[bool, bool, int]:
    """Of two at the same moment, the one that was done is heard before the one that came to it."""
    return "Idempotency-Replayed" in answer.headers, answer.status_code != 201, answer.status_code
