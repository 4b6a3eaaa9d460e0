"""What may happen to a second factor: by its owner, by somebody who guesses, by the support desk."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import datetime, timedelta
from typing import Any, ClassVar

import httpx
from hypothesis.stateful import RuleBasedStateMachine, initialize

from secmon.twofactor.models import GuessCount
from tests.cases import desk
from tests.cases.model import Case, Expected, Request, seen
from tests.service import START, Service
from tests.twofactor.authenticator import Authenticator
from tests.twofactor.model import BLOCK_EVERY, ENROLMENT_TTL, Enrolment, TwoFactor

_serial = itertools.count(1)

A_WRONG_RECOVERY_CODE = "AAAA-AAAA-AAAA-AAAA"
LONGEST_BLOCK = timedelta(minutes=60)


class Living(RuleBasedStateMachine):
    """Each method but the first few is a thing that may happen. `met` counts what was answered."""

    service: ClassVar[Service]
    people: ClassVar[dict[str, httpx.Client]]
    met: ClassVar[Counter[Expected]]

    def __init__(self) -> None:
        super().__init__()
        self.clock, self.wallet = self.service.clock, self.people["wallet"]
        self.clock.now = START
        self.account_id = f"factor-{next(_serial)}"
        self.path = f"/v1/accounts/{self.account_id}"
        self.model = TwoFactor()
        self.case: Case | None = None
        # All that ever were, so that what is void or spent is tried as well.
        self.enrolments: list[Enrolment] = []
        self.recovery_codes: list[str] = [A_WRONG_RECOVERY_CODE]
        self.requests: list[Request] = []
        self.accepted: list[str] = []

    @initialize()
    def begin(self) -> None:
        """An account that nobody knows yet."""

    def is_as_expected(self, answer: httpx.Response, expected: Expected) -> bool:
        """Whether it was done."""
        assert seen(answer) == expected, (answer.text, self.model)
        self.met[expected] += 1
        if answer.status_code == 429:
            assert self.model.locked_until is not None
            left = self.model.locked_until - self.clock.now
            assert answer.headers["Retry-After"] == str(int(left.total_seconds()))
        return answer.is_success

    def wait(self, by: timedelta) -> None:
        self.clock.advance(by)

    def start(self) -> None:
        answer = self.wallet.post(f"{self.path}/totp")
        if self.is_as_expected(answer, self.model.started()):
            shown = answer.json()
            expires_at = self.clock.now + ENROLMENT_TTL
            assert datetime.fromisoformat(shown["expires_at"]) == expires_at
            app = Authenticator.scan(shown["otpauth_uri"])
            self.model.pending = Enrolment(shown["enrolment_id"], app, expires_at)
            self.enrolments.append(self.model.pending)

    def confirm(self, back: int, kind: str) -> None:
        if not self.enrolments:
            return
        enrolment = self.enrolments[-1 - back % len(self.enrolments)]
        code = self._code(kind, enrolment.authenticator)
        answer = self.wallet.post(
            f"{self.path}/totp/confirm", json={"enrolment_id": enrolment.enrolment_id, "code": code}
        )
        if self.is_as_expected(answer, self.model.confirmed(self.clock.now, enrolment, code)):
            self.accepted.append(code)
            self._take_recovery_codes(answer)

    def enrol(self) -> None:
        """Without a slip."""
        self.start()
        self.confirm(0, "0")

    def _take_recovery_codes(self, answer: httpx.Response) -> None:
        assert self.model.factor is not None
        fresh: list[str] = answer.json()["recovery_codes"]
        assert len(set(fresh) - set(self.recovery_codes)) == len(fresh) == 10
        self.model.factor.recovery_codes = list(fresh)
        self.recovery_codes += fresh

    def _code(self, kind: str, app: Authenticator | None = None) -> str:
        """What the app shows now or `kind` steps from now, what it showed before, or what it never does."""
        if app is None and self.model.factor is not None:
            app = self.model.factor.authenticator
        if kind == "replayed" and self.accepted:
            return self.accepted[-1]
        if app is None:
            return "000000"
        if kind in {"wrong", "replayed"}:
            return app.never_shows(self.clock.now)
        return app.shows(self.clock.now, int(kind))

    def _proof(self, kind: str, back: int) -> tuple[dict[str, str], str, bool]:
        if kind == "recovery":
            code = self.recovery_codes[-1 - back % len(self.recovery_codes)]
            return {"recovery_code": code}, code, True
        code = self._code(kind)
        return {"code": code}, code, False

    def _presented(self, code: str, *, is_recovery: bool) -> Expected:
        expected = self.model.presented(self.clock.now, code, is_recovery=is_recovery)
        if expected == (200, "") and not is_recovery:
            self.accepted.append(code)
        return expected

    def verify(self, kind: str, back: int) -> None:
        body, code, is_recovery = self._proof(kind, back)
        expected = self._presented(code, is_recovery=is_recovery)
        answer = self.wallet.post(f"{self.path}/two-factor/verify", json=body)
        if self.is_as_expected(answer, expected):
            assert self.model.factor is not None
            verdict: dict[str, Any] = answer.json()
            assert verdict["method"] == ("recovery_code" if is_recovery else "totp")
            assert verdict["recovery_codes_left"] == len(self.model.factor.recovery_codes)

    def renew(self, kind: str) -> None:
        code = self._code(kind)
        expected = self._presented(code, is_recovery=False)
        answer = self.wallet.post(f"{self.path}/recovery-codes", json={"code": code})
        if self.is_as_expected(answer, expected):
            self._take_recovery_codes(answer)

    def remove(self, kind: str, back: int) -> None:
        body, code, is_recovery = self._proof(kind, back)
        expected = self._presented(code, is_recovery=is_recovery)
        answer = self.wallet.request("DELETE", f"{self.path}/totp", json=body)
        if self.is_as_expected(answer, (204, "") if expected == (200, "") else expected):
            self.model.gone()

    def guess(self, rounds: int) -> None:
        """Somebody tries five codes, and comes back when the block must be over."""
        for _ in range(rounds):
            for _ in range(BLOCK_EVERY):
                self.verify("wrong", 0)
            self.clock.advance(LONGEST_BLOCK)

    def guess_for_days(self, failures: int) -> None:
        """So often in all, the last time long ago: written down instead of asked a hundred times."""
        with self.service.work() as work:
            row = work.session.get(GuessCount, self.account_id) or GuessCount(account_id=self.account_id)
            row.failures, row.locked_until, row.failed_at = failures, None, self.clock.now
            work.session.add(row)
        self.model.failures, self.model.locked_until = failures, None

    def ask_reset(self, person: str, passed: bool) -> None:
        """On the account's case, after another look whether the owner is the owner."""
        staff = self.people[person]
        if self.case is None:
            self.case = Case(desk.open_case(staff, self.account_id)["case_id"])
            self.model.known = True
        checked = desk.check_identity(staff, self.case.case_id, outcome="passed" if passed else "failed")
        assert seen(checked) == self.case.checked(self.clock.now, person, passed=passed)
        body = {"case_id": self.case.case_id, "reason": "Phone lost."}
        answer = staff.post(f"{self.path}/two-factor/reset", json=body)
        if self.is_as_expected(answer, self.model.asked(self.clock.now, self.case, person)):
            request = self.model.requests.pending(self.model.factor)
            assert request is not None
            if not request.request_id:
                request.request_id = answer.json()["request_id"]
                self.requests.append(request)
            assert answer.json()["request_id"] == request.request_id

    def decide_reset(self, person: str, approves: bool, back: int, stale: bool = False) -> None:
        if not self.requests:
            return
        request = self.requests[-1 - back % len(self.requests)]
        verdict = "approve" if approves else "refuse"
        path = f"{self.path}/two-factor/reset/{request.request_id}/{verdict}"
        expected = self.model.decided(self.clock.now, request, person, verdict, stale=stale)
        upon = {"If-Match": '"0"'} if stale else desk.seen(self.people["agent"], request.case.case_id)
        answer = self.people[person].post(path, json={"note": "ID seen."}, headers=upon)
        self.is_as_expected(answer, expected)
