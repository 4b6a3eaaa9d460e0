"""Second factors of owners whose requests go to either of two installations on one database."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import cycle, islice
from random import Random
from typing import Any

import httpx
from sqlalchemy import text

from secmon.core.actor import SYSTEM
from secmon.core.clock import system_clock
from secmon.database.engine import Database
from tests.cases.model import Expected, seen
from tests.twofactor.authenticator import Authenticator
from tests.twofactor.model import Enrolment, TwoFactor

AT_ONCE = 20
WRONG_RECOVERY_CODE = "AAAA-AAAA-AAAA-AAAA"
# What was guessed at accounts, and what the previous release's columns hold that those of now do not, or the
# other way round.
FAILURES = text("SELECT failures FROM second_factors WHERE account_id = :account_id")
APART = text(
    "SELECT account_id FROM second_factors AS former"
    " FULL JOIN totp_authenticators AS app USING (account_id)"
    " FULL JOIN recovery_code_sets AS codes USING (account_id)"
    " WHERE (former.factor_id, former.seed, former.algorithm, former.digits, former.period, former.last_step,"
    " former.enrolled_at, former.recovery_key) IS DISTINCT FROM (app.enrolment_id, app.seed, app.algorithm,"
    " app.digits, app.period, app.last_step, app.enrolled_at, codes.recovery_key)"
)


@dataclass
class Proving:
    """One owner, and somebody who guesses; each request goes to one of `wallets` by chance."""

    wallets: list[httpx.Client]
    account_id: str
    chance: Random
    model: TwoFactor = field(default_factory=TwoFactor)
    spent: list[str] = field(default_factory=list)
    met: Counter[Expected] = field(default_factory=Counter)

    def _asked(self, method: str, path: str, **body: str) -> httpx.Response:
        wallet = self.chance.choice(self.wallets)
        return wallet.request(method, f"/v1/accounts/{self.account_id}/{path}", json=body or None)

    def enrol(self) -> None:
        """Started at one and confirmed at another, with the code of the step before: that of now is good."""
        started = self._asked("POST", "totp").raise_for_status().json()
        app = Authenticator.scan(started["otpauth_uri"])
        enrolment = Enrolment(started["enrolment_id"], app, system_clock())
        code = app.shows(system_clock(), -1)
        confirmed = self._asked("POST", "totp/confirm", enrolment_id=enrolment.enrolment_id, code=code)
        if confirmed.status_code == 403:
            # The next step began on the way.
            self.enrol()
            return
        self.model.known = True
        now = system_clock()
        self.model.pending, enrolment.expires_at = enrolment, now.replace(year=now.year + 1)
        self.model.confirmed(now, enrolment, app.at(int(now.timestamp()) // app.period))
        assert self.model.factor is not None
        self.model.factor.last_step = int(now.timestamp()) // app.period - 1
        self._keep(confirmed)

    def _keep(self, shown: httpx.Response) -> None:
        assert self.model.factor is not None
        self.model.factor.recovery_codes = shown.raise_for_status().json()["recovery_codes"]

    def go_on(self) -> None:
        """Whatever may happen next, as the model has it."""
        if self.model.factor is None:
            self.enrol()
            return
        often = [self.guess] * 3
        self.chance.choice([*often, self.guess_again, self.code, self.recover, self.renew, self.end])()
        assert self._status(0) == self._status(1) == self._stands()

    def _status(self, site: int) -> dict[str, Any]:
        answer = self.wallets[site].get(f"/v1/accounts/{self.account_id}/two-factor")
        found: dict[str, Any] = answer.raise_for_status().json()
        return found | {"locked_until": None}

    def _stands(self) -> dict[str, Any]:
        return self.model.status(system_clock()) | {"locked_until": None}

    def _present(self, method: str, path: str, code: str, done: int = 200) -> httpx.Response:
        recovery = not code.isdecimal()
        expected = self.model.presented(system_clock(), code, is_recovery=recovery)
        answer = self._asked(method, path, **{"recovery_code" if recovery else "code": code})
        if expected == (200, ""):
            self.spent.append(code)
            expected = (done, "")
        assert seen(answer) == expected, (answer.text, self.model)
        self.met[expected] += 1
        return answer

    def guess(self) -> None:
        self._present("POST", "two-factor/verify", self._app().never_shows(system_clock()))

    def guess_again(self) -> None:
        """What was accepted before, at either; or a recovery code that never was."""
        self._present("POST", "two-factor/verify", self.chance.choice(self.spent or [WRONG_RECOVERY_CODE]))

    def code(self) -> None:
        self._present("POST", "two-factor/verify", self.shown())

    def recover(self) -> None:
        self._present("POST", "two-factor/verify", self._recovery_code())

    def renew(self) -> None:
        answer = self._present("POST", "recovery-codes", self.shown())
        if answer.is_success:
            self._keep(answer)

    def end(self) -> None:
        """The factor is removed."""
        if self._present("DELETE", "totp", self._recovery_code(), done=204).is_success:
            self.model.gone()

    def _app(self) -> Authenticator:
        assert self.model.factor is not None
        return self.model.factor.authenticator

    def _recovery_code(self) -> str:
        left = self.model.factor.recovery_codes if self.model.factor is not None else []
        return left[0] if left else WRONG_RECOVERY_CODE

    def shown(self) -> str:
        """What the owner's app shows now."""
        return self._app().shows(system_clock())

    def at_once(self, **body: str) -> Counter[int]:
        """How a proof that both are given many times over is answered."""
        path = f"/v1/accounts/{self.account_id}/two-factor/verify"
        in_turn = islice(cycle(self.wallets), AT_ONCE)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            asked = pool.map(lambda wallet: wallet.post(path, json=body), in_turn)
            return Counter(answer.status_code for answer in asked)


def one_counts(wallets: list[httpx.Client], account_id: str, database: Database) -> None:
    """Both at once: a code is accepted once, a recovery code too, and five guesses are judged, no more."""
    owner = Proving(wallets, account_id, Random(account_id))
    assert owner.at_once(code="000000") == {403: 5, 429: AT_ONCE - 5}
    assert failures(database, account_id) == 5
    owner.enrol()
    assert owner.model.factor is not None
    recovery_codes = owner.model.factor.recovery_codes
    proofs = [{"code": owner.shown()}, *({"recovery_code": code} for code in recovery_codes)]
    for proof in proofs:
        # The one that is accepted ends the count, and the others are replays.
        assert owner.at_once(**proof) == {200: 1, 403: 5, 429: AT_ONCE - 6}
        assert failures(database, account_id) == 5


def failures(database: Database, account_id: str) -> int:
    with database.work(SYSTEM, write=False) as work:
        return work.session.scalar(FAILURES, {"account_id": account_id}) or 0


def apart(database: Database) -> list[str]:
    """The accounts of which the two releases would read something else."""
    with database.work(SYSTEM, write=False) as work:
        return list(work.session.scalars(APART))
