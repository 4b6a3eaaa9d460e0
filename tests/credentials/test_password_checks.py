"""The check over HTTP: in the caller's language, and nothing of it stays anywhere (A39)."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from tests.databases import fresh_database
from tests.service import Service

SECRET = "Xq7-wintermelon-Xq7"
PERSONAL = "Ouyang Cuihua"


def check(client: httpx.Client, password: str, *inputs: str, **headers: str) -> dict[str, Any]:
    body = {"password": password, "user_inputs": list(inputs)}
    answer = client.post("/v1/password-checks", json=body, headers=headers)
    shown: dict[str, Any] = answer.raise_for_status().json()
    return shown


def test_a_common_password_is_advised_against(wallet: httpx.Client) -> None:
    judged = check(wallet, "woaini1314", **{"Accept-Language": "en"})
    assert (judged["acceptable"], judged["score"]) == (False, 0)
    assert judged["warnings"] == ["This is a top-100 common password."]
    assert judged["suggestions"] == ["Add another word or two. Uncommon words are better."]


def test_advice_is_in_the_callers_language(wallet: httpx.Client) -> None:
    chinese = check(wallet, "woaini1314", **{"Accept-Language": "zh-CN,zh;q=0.9"})
    assert chinese["warnings"] == ["这是最常见的 100 个密码之一。"]
    assert check(wallet, "woaini1314") == chinese


def test_the_owners_own_data_count(wallet: httpx.Client) -> None:
    assert check(wallet, "Cuihuaouyang-198835", PERSONAL, "1988-03-05")["acceptable"] is False
    assert check(wallet, "Cuihuaouyang-198835")["acceptable"] is True


def test_a_good_password_is_acceptable(wallet: httpx.Client) -> None:
    judged = check(wallet, SECRET, PERSONAL)
    assert judged == {"acceptable": True, "score": 4, "warnings": [], "suggestions": []}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/password"),
        ({"password": ""}, "/password"),
        ({"password": 12345678}, "/password"),
        ({"password": "x" * 257}, "/password"),
        ({"password": "x", "user_inputs": ["y"] * 21}, "/user_inputs"),
        ({"password": "x", "user_inputs": ["y" * 101]}, "/user_inputs/0"),
        ({"password": "x", "account_id": "a"}, "/account_id"),
    ],
)
def test_what_does_not_fit_is_refused(wallet: httpx.Client, body: dict[str, Any], pointer: str) -> None:
    answer = wallet.post("/v1/password-checks", json=body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert "xxxx" not in answer.text


def test_A39_a_checked_password_is_nowhere(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], logged: io.StringIO
) -> None:
    url = fresh_database("sqlite")
    service = Service(url, tmp_path)
    with service.client("wallet") as wallet:
        check(wallet, SECRET, PERSONAL, **{"Idempotency-Key": "check-1"})
        # A refusal names the field, and not what was in it.
        refused = wallet.post("/v1/password-checks", json={"password": SECRET, SECRET: PERSONAL})
        assert refused.status_code == 422
    with service.work(write=False) as work:
        stored = work.session.scalar(text("SELECT count(*) FROM idempotency_keys"))
    with service.work(write=False) as work:
        work.session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    service.stop()
    written = "".join(capfd.readouterr()) + logged.getvalue()
    assert "/v1/password-checks" in written
    file = Path(url.removeprefix("sqlite:///")).read_bytes()
    for secret in (SECRET, PERSONAL):
        assert secret not in written
        assert secret.encode() not in file
    assert stored == 0
