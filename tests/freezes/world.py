"""The world of a state machine: an account and its model, the people, a neighbour to whom nothing happens."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import timedelta
from typing import Any, ClassVar

import httpx
from hypothesis.stateful import RuleBasedStateMachine, initialize

from tests.cases import desk
from tests.cases.model import Case, Expected, Request, seen
from tests.freezes.model import Account, Alert
from tests.service import START, Service
from tests.twofactor.owner import Owner

_serial = itertools.count(1)
OUTLIVES = timedelta(days=30)


class World(RuleBasedStateMachine):
    """`met` counts what was answered."""

    service: ClassVar[Service]
    people: ClassVar[dict[str, httpx.Client]]
    met: ClassVar[Counter[Expected]]

    def __init__(self) -> None:
        super().__init__()
        self.clock = self.service.clock
        self.clock.now = START
        self.account_id = self.fresh("life")
        self.path = f"/v1/accounts/{self.account_id}"
        self.model = Account()
        self.owner = Owner(self.people["wallet"], self.clock, self.account_id)
        # All that was ever made, so that what is gone is asked for as well.
        self.cases: list[Case] = []
        self.alerts: list[Alert] = []
        self.requests: list[Request] = []
        self.buried_until = START

    def fresh(self, kind: str) -> str:
        return f"{kind}-{next(_serial)}"

    @initialize()
    def a_neighbour_is_frozen(self) -> None:
        """With everything that a thief would need, were it this account's."""
        agent, self.neighbour = self.people["agent"], f"{self.account_id}-next"
        self.foreign_case = Case(desk.freeze(agent, self.neighbour)["case"]["case_id"])
        desk.check_identity(agent, self.foreign_case.case_id)
        asked = desk.ask_unfreeze(agent, self.neighbour, self.foreign_case.case_id)
        self.foreign_request: str = asked.json()["request_id"]

    def teardown(self) -> None:
        """What was tried with the neighbour's request has left it as it was."""
        supervisor = self.people["supervisor"]
        desk.check_identity(self.people["agent"], self.foreign_case.case_id).raise_for_status()
        desk.decide(supervisor, self.neighbour, self.foreign_request).raise_for_status()

    def post(
        self,
        person: str,
        path: str,
        body: dict[str, Any],
        expected: Expected,
        headers: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        answer = self.people[person].post(path, json=body, headers=headers)
        self.is_as_expected(answer, expected)
        shown: dict[str, Any] = answer.json()
        return shown

    def is_as_expected(self, answer: httpx.Response, expected: Expected) -> None:
        assert seen(answer) == expected, (answer.text, self.model)
        self.met[expected] += 1

    def learn_case(self, shown: dict[str, Any]) -> None:
        """A freeze is shown: a case is found in it that the model has but not named yet."""
        freeze = self.model.freeze
        assert freeze is not None
        if not freeze.case.case_id:
            freeze.case.case_id = shown["case_id"]
            self.cases.append(freeze.case)
        assert (shown["case_id"], shown["reasons"]) == (freeze.case.case_id, freeze.reasons)

    def on_case(self, case: Case, expected: Expected) -> Expected:
        return expected if case in self.model.cases else (404, "case_unknown")

    def bury(self) -> None:
        """The account is erased; what holds it, and what a theft has left to its owner alone, is there
        again when it comes back soon."""
        self.model = Account(
            required=self.model.required,
            held=self.model.held,
            recovering_since=self.model.recovering_since,
            guarded=self.model.guarded,
        )
        self.buried_until = self.clock.now + OUTLIVES

    def wait(self, by: timedelta) -> None:
        self.clock.advance(by)
        if not self.model.known and self.clock.now >= self.buried_until:
            self.model = Account()
