"""A client that others' generator makes of the document reports a login, and reads the answer."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from secmon.app import api_document
from secmon.logins.requests import LOGIN_EVENT
from secmon.openapi.document import rendered
from tests.service import NO_TLS, Service


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a package that openapi-python-client made, importable for the time of these tests."""
    folder = tmp_path_factory.mktemp("generated")
    (folder / "openapi.json").write_text(rendered(api_document()))
    # It would tidy up what it made; nobody reads it here.
    (folder / "config.yaml").write_text("post_hooks: []\n")
    command = [str(Path(sys.executable).with_name("openapi-python-client")), "generate", "--meta", "none"]
    options = ["--path", "openapi.json", "--config", "config.yaml", "--output-path", "wallet_client"]
    subprocess.run([*command, *options], cwd=folder, check=True, capture_output=True)
    sys.path.insert(0, str(folder))
    yield "wallet_client"
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == "wallet_client"]:
        del sys.modules[name]


def part(generated: str, name: str) -> ModuleType:
    return importlib.import_module(f"{generated}.{name}")


def connected(generated: str, service: Service, token: str) -> Any:
    client = part(generated, "client").AuthenticatedClient
    return client(base_url=service.url, token=token, verify_ssl=NO_TLS)


def test_it_reports_a_login(sqlite_service: Service, generated: str, account_id: str) -> None:
    models, post = part(generated, "models"), part(generated, "api.login_events.post_login_event")
    now = sqlite_service.clock.now.isoformat()
    event = {**LOGIN_EVENT, "event_id": account_id, "account_id": account_id, "occurred_at": now}
    client = connected(generated, sqlite_service, sqlite_service.token("wallet"))
    answer = post.sync(client=client, body=models.LoginEventRequest.from_dict(event))
    assert isinstance(answer, models.AssessmentResponse)
    assert (answer.event_id, answer.decision) == (account_id, "allow")
    assert answer.device.recognition == "first"


def test_it_reads_a_refusal(sqlite_service: Service, generated: str) -> None:
    models, show = part(generated, "models"), part(generated, "api.accounts.show_standing")
    client = connected(generated, sqlite_service, "nobody's")
    answer = show.sync("acct-1", client=client)
    assert isinstance(answer, models.Problem)
    assert (answer.code, answer.status) == ("unauthenticated", 401)


def test_its_names_are_those_of_the_operations(generated: str) -> None:
    for module in ("tokens.issue_token", "freezes.freeze", "two_factor.verify_second_factor"):
        assert part(generated, f"api.{module}").sync
