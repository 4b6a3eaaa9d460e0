"""An account with something of every class of data, on a database of its own, and what a worker purges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from secmon.house import METADATA
from secmon.rooms.duty import Duty
from secmon.worker.duties import duties, purges
from tests.cases import desk
from tests.logins.factories import login, takeover
from tests.service import Service
from tests.twofactor.owner import Owner

DAY = timedelta(days=1)
EVENTS = {
    "alerts",
    "credential_changes",
    "gate_requests",
    "holds",
    "login_events",
    "login_verdicts",
    "outbox_messages",
}
RECORDS = {"approvals", "case_identity_checks", "case_notes", "cases", "freezes"}
# While the account lives; and the audit, which no worker shortens.
STAYS = {
    "accounts",
    "audit_entries",
    "audit_reasons",
    "devices",
    "login_profiles",
    "password_states",
    "recovery_code_sets",
    "recovery_codes",
    "second_factors",
    "totp_authenticators",
}
# There for hours or a month, or only beside a row of another table, or where staff asked for an erasure, or
# while a value is rare; what is of the audit stays with its chains.
NOT_BY_DAYS = {
    "account_tombstones",
    "audit_anchors",
    "audit_checkpoint_heads",
    "changed_decisions",
    "hold_appeals",
    "erasure_requests",
    "idempotency_keys",
    "letter_bounds",
    "login_entry_marks",
    "login_failure_marks",
    "outbox_deliveries",
    "population_queue",
    "population_rare",
    "recoveries",
    "totp_enrolments",
}


@dataclass(frozen=True)
class Aged:
    """`case_id` is the account's only case, resolved and not closed."""

    service: Service
    account_id: str
    case_id: str

    def close_case(self) -> datetime:
        """Answers when."""
        with self.service.client("agent") as agent:
            closed = desk.step(agent, self.case_id, "closed")
        assert closed.status_code == 200, closed.text
        return self.service.clock.now

    def purge(self) -> None:
        """The worker sends what is owed, counts what was learnt, and purges all that it may."""
        duty_of(self.service, "count-population").do_all(self.service.database)
        deliver = duty_of(self.service, "deliver")
        deliver.do_all(self.service.database)
        deliver.stop()
        for duty in purges(self.service.settings):
            duty.do_all(self.service.database)

    def tables(self) -> set[str]:
        """The tables that hold something of the account."""
        return {name for name in EVENTS | RECORDS | STAYS if self._holds(name)}

    def _holds(self, name: str) -> bool:
        table = METADATA.tables[name]
        query = select(func.count()).where(table.c.account_id == self.account_id)
        with self.service.work(write=False) as work:
            return bool(work.session.scalar(query))


def aged(url: str, var_dir: Path, account_id: str, **settings: Any) -> Aged:
    """A stolen account that was given back, after its owner had denied a login."""
    service = Service(url, var_dir, **settings)
    with service.client("wallet") as wallet, service.client("agent") as agent:
        Owner(wallet, service.clock, account_id).enrol()
        case_id = _stolen(service, wallet, account_id)
        question = {"request_id": "r-1", "action": "transfer"}
        wallet.post(f"/v1/accounts/{account_id}/gate", json=question).raise_for_status()
        note = {"text": "Called the owner", "internal": True}
        agent.post(f"/v1/cases/{case_id}/notes", json=note).raise_for_status()
        with service.client("supervisor") as supervisor:
            desk.give_back(agent, supervisor, account_id, case_id)
        assert desk.step(agent, case_id, "investigating").status_code == 200
        (stranger, *_) = wallet.get(f"/v1/accounts/{account_id}/login-events").json()["items"]
        path = f"/v1/accounts/{account_id}/login-events/{stranger['event_id']}/verdict"
        agent.put(path, json={"verdict": "takeover", "case_id": case_id}).raise_for_status()
        assert desk.step(agent, case_id, "resolved").status_code == 200
    return Aged(service, account_id, case_id)


def _stolen(service: Service, wallet: Any, account_id: str) -> str:
    """The id of the case that the owner's "not me" opened."""
    wallet.post("/v1/login-events", json=login(account_id)).raise_for_status()
    stranger = wallet.post("/v1/login-events", json=takeover(account_id)).raise_for_status().json()
    change = {"event_id": "c1", "occurred_at": service.clock.now.isoformat()}
    change |= {"credential": "password", "method": "user"}
    wallet.post(f"/v1/accounts/{account_id}/credential-changes", json=change).raise_for_status()
    denied = wallet.post(f"/v1/alerts/{stranger['alert_id']}/answer", json={"answer": "not_me"})
    case_id: str = denied.raise_for_status().json()["case_id"]
    return case_id


def duty_of(service: Service, name: str) -> Duty:
    """A duty as the service's worker would have it, to be run at the service's time."""
    (found,) = (duty for duty in duties(service.settings, service.database) if duty.name == name)
    return found
