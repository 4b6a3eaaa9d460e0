"""`secmon policy`, run as an operator runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from secmon.cli.main import root
from tests.databases import fresh_database
from tests.logins.factories import login, takeover
from tests.policies.drafts import PATH, draft, milder, stricter
from tests.service import Service


class Operator:
    """Somebody at a shell beside a running service."""

    def __init__(self, service: Service, directory: Path) -> None:
        self.service, self.directory = service, directory
        self.env = {
            "SECMON_VAR_DIR": str(directory),
            "SECMON_DATABASE_URL": service.settings.database_url,
            "SECMON_KEYS": "test=" + "BwcH" * 10 + "Bwc=",
        }

    def types(self, *arguments: str) -> Result:
        return CliRunner().invoke(root, ["policy", *arguments], env=self.env)

    def writes(self, document: Any) -> str:
        file = self.directory / "draft.json"
        file.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
        return str(file)


@pytest.fixture(params=["sqlite", "postgresql"])
def operator(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    service = Service(fresh_database(request.param), tmp_path)
    yield Operator(service, tmp_path)
    service.stop()


def test_what_show_prints_set_takes_back(operator: Operator) -> None:
    shown = operator.types("show")
    assert json.loads(shown.stdout) == draft()
    assert "version 0, shipped" in shown.stderr
    assert "version 1 is in force" in operator.types("set", operator.writes(shown.stdout)).output
    with operator.service.client("admin") as admin:
        found = admin.get(PATH).json()
    assert (found["version"], found["document"], found["created_by"]) == (1, draft(), "cli")
    assert json.loads(operator.types("show", "--version", "0").stdout) == draft()


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (draft(challenge_at=0.9, deny_at=0.8), "/challenge_at: 0.9 is above deny_at"),
        (draft(signals={"new_devise": 1.0}), "/signals/new_devise: is not known"),
        ("{", "is no JSON"),
        ([], "holds no JSON object"),
    ],
)
def test_what_is_no_policy_is_named_and_changes_nothing(operator: Operator, document: Any, says: str) -> None:
    for command in ("set", "backtest"):
        refused = operator.types(command, operator.writes(document))
        assert refused.exit_code == 1
        assert says in refused.output
    assert "version 0" in operator.types("show").stderr


def test_a_version_that_never_was(operator: Operator) -> None:
    refused = operator.types("show", "--version", "7")
    assert (refused.exit_code, "no risk policy of this version" in refused.output) == (1, True)


def test_a_backtest_prints_what_would_change_and_why(operator: Operator) -> None:
    with operator.service.client("wallet") as wallet:
        for event in (login("owner-1"), takeover("owner-1"), login("owner-2")):
            wallet.post("/v1/login-events", json=event).raise_for_status()
    mild = operator.types("backtest", operator.writes(milder())).output
    assert "3 logins" in mild
    assert "1 from challenge to allow" in mild
    assert "impossible" not in mild
    assert "Beijing to Lagos" in mild
    strict = operator.types("backtest", "--examples", "0", operator.writes(stricter())).output
    assert "2 from allow to challenge" in strict
    assert "owner-" not in strict
    none = operator.types("backtest", "--until", "2020-01-01", operator.writes(stricter())).output
    assert "0 logins" in none
