"""schemathesis follows the document's links: what one answer names is asked for next, in any order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case, GenerationMode
from schemathesis.core.transport import Response
from schemathesis.generation.stateful import APIStateMachine
from schemathesis.schemas import APIOperation

from secmon.clients.scopes import Role
from tests.databases import fresh_database
from tests.published import authorization, published
from tests.service import Service
from tests.twofactor.authenticator import Authenticator

# The operations of a walk, each of which is done in one walk or another, and not only refused.
FREEZES = {"freeze", "add_identity_check", "ask_unfreeze", "approve_unfreeze", "refuse_unfreeze"}
CASES = {"open_case", "list_cases", "show_case", "change_case", "add_note", "show_timeline", "show_evidence"}
LOGINS = {"post_login_event", "settle", "put_account", "list_devices", "change_device", "show_standing"}
ALERTS = {"post_login_event", "put_account", "list_alerts", "show_alert", "answer_alert"}
FACTORS = {"start_enrolment", "confirm_enrolment", "verify_second_factor", "renew_recovery_codes"}
CLIENTS = {"create_client", "show_client", "revoke_client"}
WEBHOOKS = {"create_endpoint", "show_endpoint", "change_endpoint", "list_deliveries", "rotate_secret"}
# What a walk has made and ended is asked for again, and schemathesis takes the 404 for a fault of ours.
SHADOWS = {"show_policy", "put_shadow", "show_shadow", "end_shadow"}
POLICIES = {"show_policy", "put_policy", "put_shadow", "show_shadow", "request_backtest", "show_backtest"}

WALKS, STEPS = 10, 20
# An app shows another code then, and no code is taken twice.
BETWEEN_STEPS = timedelta(seconds=30)


class Walking(APIStateMachine):
    """Asks `service`, and notes in `done` what it did."""

    service: ClassVar[Service]
    done: ClassVar[set[str]]

    def setup(self) -> None:
        self.apps: dict[str, Authenticator] = {}

    def get_call_kwargs(self, case: Case[Any]) -> dict[str, Any]:
        headers = authorization(case, self.service, rather=(Role.AGENT,))
        if name_of(case.operation) == "approve_unfreeze":
            headers |= self._as_it_was_read(case.path_parameters["account_id"])
        return {"base_url": self.service.url, "headers": headers}

    def _as_it_was_read(self, account_id: str) -> dict[str, str]:
        """Whoever approves has looked at the case, and says which version that was."""
        with self.service.client(Role.SUPERVISOR) as supervisor:
            freezes = supervisor.get(f"/v1/accounts/{account_id}/freezes").json().get("items", [])
            if not freezes:
                return {}
            return {"If-Match": supervisor.get(f"/v1/cases/{freezes[0]['case_id']}").headers["ETag"]}

    def before_call(self, case: Case[Any]) -> None:
        self.service.clock.advance(BETWEEN_STEPS)
        fits = case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
        if fits and isinstance(case.body, dict):
            self._make_true(case.body, self.apps.get(case.path_parameters.get("account_id", "")))
            if name_of(case.operation) == "add_identity_check":
                # A contact that is on file too shortly would be refused, and so would no proof.
                case.body |= {"method": "id_document", "evidence_ref": "store/1"}

    def after_call(self, response: Response, case: Case[Any]) -> None:
        super().after_call(response, case)
        if response.status_code < 300:
            self.done.add(name_of(case.operation))
        if response.status_code == 201 and "otpauth_uri" in response.json():
            self.apps[case.path_parameters["account_id"]] = Authenticator.scan(response.json()["otpauth_uri"])

    def _make_true(self, body: dict[str, Any], app: Authenticator | None) -> None:
        """No schema says what the time is, what an app shows, and that an owner is the owner."""
        now = self.service.clock.now
        if "occurred_at" in body:
            body["occurred_at"] = now.isoformat()
        if "user_agent" in body and "event_id" in body:
            # One owner, each time on a device that nobody knows: suspicious, and asked about.
            body |= {"account_id": "acct-walked", "outcome": "success", "geo": {"anonymizer": True}}
            body |= {"device_id": f"dev-{now.timestamp():.0f}", "failure_reason": None}
        if body.get("outcome") == "failed":
            body["outcome"] = "passed"
        if app is not None and body.keys() & {"code", "recovery_code"}:
            body["code"] = app.shows(now)
            body.pop("recovery_code", None)
            body.pop("event_id", None)


@pytest.fixture
def own_service(tmp_path: Path) -> Iterator[Service]:
    """Nobody else's data: a walk is the same in each run."""
    service = Service(fresh_database("postgresql"), tmp_path)
    yield service
    service.stop()


@pytest.mark.parametrize(
    "operations", [FREEZES, CASES, LOGINS, ALERTS, FACTORS, CLIENTS, WEBHOOKS, POLICIES, SHADOWS], ids=min
)
def test_whoever_follows_the_links_is_answered_as_documented(
    own_service: Service, operations: set[str]
) -> None:
    chosen = published().exclude(lambda one: name_of(one.operation) not in operations)
    done: set[str] = set()
    walk: Any = type("Walk", (Walking, chosen.as_state_machine()), {"service": own_service, "done": done})
    walk.run(
        settings=settings(
            max_examples=WALKS,
            stateful_step_count=STEPS,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
    )
    assert done == operations


def name_of(operation: APIOperation[Any, Any, Any, Any]) -> str:
    name: str = operation.definition.raw["operationId"]
    return name
