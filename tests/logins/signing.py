"""An app that signs nonces, by the sample in the documentation."""

from __future__ import annotations

import re
import runpy
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import ec

from tests.logins.factories import login
from tests.logins.test_challenges import post
from tests.service import Service

DOCUMENT = Path(__file__).parents[2] / "docs" / "device-proof.md"
# Key, nonce, account, install: the proof.
Sign = Callable[[Any, str, str, str], str]


def documented(directory: Path) -> Sign:
    """The sample as it stands there, run as a file of `directory`."""
    (code,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    sample = directory / "sample.py"
    sample.write_text(code, "utf-8")
    sign: Sign = runpy.run_path(str(sample))["device_proof"]
    return sign


def nonce(wallet: httpx.Client) -> str:
    given: str = wallet.post("/v1/device-nonces").raise_for_status().json()["nonce"]
    return given


def recognised(answer: dict[str, Any]) -> tuple[str, str | None]:
    return answer["device"]["recognition"], answer["device"]["proof"]


class Phone:
    """An app that signs; its logins are made now."""

    def __init__(self, service: Service, wallet: httpx.Client, sign: Sign, account_id: str) -> None:
        self.service, self.wallet, self.account_id = service, wallet, account_id
        self.key: Any = ec.generate_private_key(ec.SECP256R1())
        self.device_id = f"ins-{account_id}"
        self._sign = sign

    def proof(self, given: str | None = None, **other: str) -> str:
        said = {"account_id": self.account_id, "device_id": self.device_id, **other}
        return self._sign(self.key, given or nonce(self.wallet), said["account_id"], said["device_id"])

    def event(self, **changes: Any) -> dict[str, Any]:
        return login(self.account_id, **{"occurred_at": self.service.clock.now.isoformat(), **changes})

    def log_in(self, **changes: Any) -> dict[str, Any]:
        """With a proof, unless told otherwise; some minutes after the one before."""
        self.service.clock.advance(timedelta(minutes=10))
        return post(self.wallet, self.event(**{"device_proof": self.proof(), **changes}))

    def bound(self) -> list[bool]:
        listed = self.wallet.get(f"/v1/accounts/{self.account_id}/devices").json()["items"]
        return [device["bound"] for device in listed]
