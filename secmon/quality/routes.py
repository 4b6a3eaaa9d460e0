"""The quality of the policy in force over HTTP, and staff's verdicts on logins."""

from __future__ import annotations

from typing import Any

from secmon.quality import report, verdicts
from secmon.quality.schemas import LoginVerdictResponse, QualityResponse, VerdictRequest
from secmon.quality.verdicts import Truth
from secmon.rooms.blueprint import Blueprint
from secmon.web.operation import Answer, operation
from secmon.web.unit_of_work import unit_of_work

blp = Blueprint(
    "policy-quality",
    __name__,
    url_prefix="/v1/risk-policy/quality",
    description="How good the policy in force is, by what owners, staff and challenges said of logins.",
)
verdict_routes = Blueprint(
    "login-verdicts",
    __name__,
    url_prefix="/v1/accounts/<identifier:account_id>/login-events/<identifier:event_id>/verdict",
    description="Whose a login was, as staff found on a case.",
)


@blp.route("", methods=["GET"])
@operation("policy:write", of_no_account=True, answers={200: QualityResponse})
def show_quality() -> Answer:
    """Precision and recall over time and by signal, as the worker counted them last."""
    with unit_of_work(write=False) as work:
        return QualityResponse.show(report.report(work))


@verdict_routes.route("", methods=["PUT"])
@operation(
    "cases:write",
    body=VerdictRequest,
    answers={200: LoginVerdictResponse},
    problems=("event_unknown", "case_unknown", "identity_unverified", "staff_required"),
    example={"verdict": "takeover", "case_id": "0194d3a0-1b7c-7000-8000-000000000000"},
)
def put_verdict(account_id: str, event_id: str, body: dict[str, Any]) -> Answer:
    """Say whose a login was, on a case. It labels the login, and changes nothing of the account."""
    with unit_of_work() as work:
        verdict = verdicts.put(work, account_id, event_id, Truth(body["verdict"]), body["case_id"])
        return LoginVerdictResponse.show(verdict)
