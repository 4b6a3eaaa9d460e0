"""F02: the service dies after the commit and before the answer; whoever asks again is told what was done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.faults import asking
from tests.faults.checker import assert_consistent
from tests.faults.record import Record, Request
from tests.faults.relay import Relay, relaying
from tests.faults.site import Site
from tests.faults.traffic import settle
from tests.twofactor.authenticator import Authenticator


class Unlucky:
    """A client that loses the first answer to each request, while the service dies."""

    def __init__(self, site: Site, relay: Relay) -> None:
        self._site, self._relay = site, relay
        self.record = Record()

    def ask(self, request: Request) -> dict[str, Any]:
        """The answer in the end, which must be the one that was lost."""
        lost = self.lose(request)
        with self._site.client(request.role, self._relay.url) as client:
            settle(request, client)
        assert (request.answer and request.answer.content) == lost
        return request.told

    def lose(self, request: Request) -> bytes:
        """What was answered to the first attempt, and did not arrive."""
        self.record.begin(request)
        self._site.wait_until_ready()
        self._relay.lose_next(self._kill)
        with self._site.client(request.role, self._relay.url) as client:
            assert request.send(client) is None
        assert self._relay.lost is not None
        assert self._relay.lost.is_success, self._relay.lost.text
        return self._relay.lost.content

    def _kill(self) -> None:
        for process in self._site.web_processes():
            process.kill()


@pytest.fixture
def unlucky(site: Site) -> Iterator[Unlucky]:
    with relaying(site.url) as relay:
        yield Unlucky(site, relay)


def test_F02_who_asks_again_gets_the_same_answer_and_one_effect(site: Site, unlucky: Unlucky) -> None:
    ask, owner = unlucky.ask, "acct-1"
    ask(asking.login(owner))
    ask(asking.change(owner, "phone"))
    ask(asking.case(owner))
    case_id = ask(asking.freeze(owner))["case"]["case_id"]
    ask(asking.note(owner, case_id, internal=False))
    ask(asking.check(owner, case_id))
    request_id = ask(asking.ask_unfreeze(owner, case_id))["request_id"]
    assert_consistent(site.database, unlucky.record)
    _approve_unheard(site, unlucky, owner, case_id, request_id)
    _enrol(site, unlucky, owner)
    assert_consistent(site.database, unlucky.record)


def _approve_unheard(site: Site, unlucky: Unlucky, account_id: str, case_id: str, request_id: str) -> None:
    """A decision takes no key: whoever repeats it is told that it was made, and which one."""
    site.wait_until_ready()
    with site.client("supervisor") as client:
        seen = client.get(f"/v1/cases/{case_id}").raise_for_status().headers["ETag"]
        request = asking.approve(account_id, request_id, seen)
        unlucky.lose(request)
        settle(request, client)
    assert (request.told["code"], request.told["detail"]) == ("already_decided", "It was approved.")


def _enrol(site: Site, unlucky: Unlucky, account_id: str) -> None:
    """What is shown once, a seed and recovery codes, is shown again to whoever did not see it."""
    started = unlucky.ask(asking.enrol(account_id))
    # A code is good for a minute, and the service is starting again.
    site.wait_until_ready()
    code = Authenticator.scan(started["otpauth_uri"]).shows(datetime.now(UTC))
    shown = unlucky.ask(asking.confirm(account_id, started["enrolment_id"], code))
    assert len(shown["recovery_codes"]) == 10
    with site.client("auditor") as auditor:
        query = {"account_id": account_id, "action": "two_factor.enrolled"}
        assert len(auditor.get("/v1/audit", params=query).json()["items"]) == 1
