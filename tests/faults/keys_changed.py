"""Two services on one database and one key file, their owners, and the operator's shell beside them."""

from __future__ import annotations

import secrets
import subprocess
import sys
from contextlib import ExitStack
from itertools import cycle

import httpx
from sqlalchemy import insert

from secmon.accounts.locking import created
from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from secmon.sealing.keyring import KeyRing
from secmon.twofactor.models import TotpAuthenticator
from secmon.twofactor.totp import seed_context
from tests.processes import running
from tests.twofactor.authenticator import Authenticator
from tests.twofactor.owner import Owner
from tests.twofactor.real_clock import RealClock
from tests.twofactor.stored import stored_totp

CLOCK = RealClock()


def keys_command(environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    """`secmon keys …`, begun."""
    command = [sys.executable, "-m", "secmon", "keys", *arguments]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def ended(command: subprocess.Popen[str]) -> str:
    """What it said, once it has done what it should."""
    said = command.communicate()[0]
    assert command.returncode == 0, said
    return said


def enrolled_long_ago(database: Database, keys: KeyRing, ids: list[str]) -> dict[str, Authenticator]:
    """What their phones keep; none has used a code since, so that the one of now is good for each."""
    apps = {id_: Authenticator(secrets.token_bytes(20), "secmon", id_) for id_ in ids}
    rows = [stored_totp(id_, keys.encrypt(app.seed, seed_context(id_))) for id_, app in apps.items()]
    with database.work(SYSTEM) as work:
        work.defer(created(list(ids), work.now, work.dialect))
        work.session.execute(insert(TotpAuthenticator), rows)
    return apps


class Pair:
    """Both services, until `stack` ends; `apps` are of owners whom neither was asked about yet."""

    def __init__(self, stack: ExitStack, environment: dict[str, str], apps: dict[str, Authenticator]) -> None:
        self.apps = apps
        self.newcomers: list[Owner] = []
        self._environment = environment
        self._open = [stack.enter_context(ExitStack()) for _ in range(2)]
        self._wallets: list[httpx.Client] = []
        for opened in self._open:
            self._wallets.append(self._started(opened))

    def _started(self, opened: ExitStack) -> httpx.Client:
        service = opened.enter_context(running(self._environment))
        headers = {"Authorization": f"Bearer {service.token('wallet')}"}
        return opened.enter_context(httpx.Client(base_url=service.url, headers=headers, timeout=60))

    def start_anew(self) -> None:
        """One after the other: what the one cannot answer meanwhile, the other does."""
        for nth, opened in enumerate(self._open):
            opened.close()
            self._verify(self._wallets[1 - nth])
            self._wallets[nth] = self._started(opened)
            self.go_on()

    def go_on(self) -> None:
        """Each accepts the code of an owner that was enrolled long ago; at one of them another enrols."""
        for wallet in self._wallets:
            self._verify(wallet)
        newcomer = Owner(self._wallets[len(self.newcomers) % 2], CLOCK, f"newcomer-{len(self.newcomers)}")
        started = newcomer.start()
        confirmed = newcomer.confirm(started["enrolment_id"], newcomer.code()).raise_for_status()
        newcomer.recovery_codes = confirmed.json()["recovery_codes"]
        self.newcomers.append(newcomer)

    def _verify(self, wallet: httpx.Client) -> None:
        account_id, app = self.apps.popitem()
        assert Owner(wallet, CLOCK, account_id, app).verify().status_code == 200

    def verify_all(self, most: int) -> None:
        """The codes of as many who were enrolled long ago at each, a recovery code of each newcomer."""
        for wallet in self._wallets:
            assert wallet.get("/readyz").status_code == 200
            for _ in range(most):
                self._verify(wallet)
        for wallet, newcomer in zip(cycle(self._wallets), self.newcomers, strict=False):
            newcomer.wallet = wallet
            assert newcomer.verify(recovery_code=newcomer.recovery_codes[0]).status_code == 200
