"""The gate over HTTP: may this be done, the proof of it, and the token that says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from secmon.accounts.gate import Action
from secmon.clients.tokens import ISSUER
from secmon.gate import deciding, proving, tokens
from secmon.gate.deciding import Decided, Verdict
from secmon.gate.proving import Proof
from secmon.gate.question import Question
from secmon.gate.schemas import DecisionRequest, DecisionResponse, GateAnswer, GateProofRequest, GateQuestion
from secmon.holds.shown import NEVER
from secmon.holds.versions import KNOWN_RULES
from secmon.logins.judges import JUDGES
from secmon.rooms.blueprint import Blueprint
from secmon.twofactor.refusals import REFUSALS, refusal
from secmon.twofactor.verification import FACTORS
from secmon.web.fields import rfc3339
from secmon.web.limits import Limited
from secmon.web.locale import locale_or_english
from secmon.web.operation import Answer, operation
from secmon.web.problems import from_domain
from secmon.web.unit_of_work import unit_of_work
from secmon.wording import hold_remedies

NOT_STORED = {"Cache-Control": "no-store"}
# A proof is a code of before, or of the wallet's own making; a verdict that no proof changes takes time.
LIFTS: Mapping[Verdict, tuple[str, ...]] = {
    Verdict.ALLOW: (),
    Verdict.PROVE: ("second_factor_before", "support"),
    Verdict.HOLD: ("wait", "support"),
    Verdict.DENY: ("support",),
}

blp = Blueprint(
    "gate",
    __name__,
    url_prefix="/v1",
    description="Asked before money moves: whose session, how much, to whom.",
)


@blp.route("/accounts/<identifier:account_id>/gate", methods=["POST"])
@operation(
    "events:write",
    body=GateQuestion,
    answers={200: GateAnswer},
    limited=Limited.NOT,
    problems=("account_unknown", "request_id_reused"),
    example={
        "request_id": "pay-1",
        "action": "transfer",
        "amount": "120.00",
        "currency": "CNY",
        "balance": "5300.00",
        "payee": "b3b1f5d8c0a94f6e",
        "session_id": "ses-1",
    },
    example_answer={
        "request_id": "pay-1",
        "decision": "allow",
        "until": None,
        "reasons": [],
        "remedy": {"steps": [], "lifts": [], "papers": []},
        "decision_token": "eyJ0eXAiOiJkZWNpc2lvbitqd3QiLCJhbGciOiJFUzI1NiJ9…",
    },
    leads_to=("verify_decision",),
)
def ask_gate(account_id: str, body: dict[str, Any]) -> Answer:
    """Ask before something is done that a thief would do.

    What is allowed counts under the caps that hold. Asked again under the same `request_id`, it says what
    holds now and counts once. `prove`: take the owner's code to `…/proof`, and ask again.
    """
    body["action"] = Action(body["action"])
    question, issuer = Question(**body), ISSUER.chosen()
    with unit_of_work() as work:
        decided = deciding.ask(work, account_id, question, JUDGES.chosen(), KNOWN_RULES.chosen())
        token = tokens.issue(work, account_id, decided, issuer)
    answer = _shown(question, decided, locale_or_english())
    if token is not None:
        answer["decision_token"] = token
    return answer, 200, NOT_STORED


@blp.route("/accounts/<identifier:account_id>/gate/<identifier:request_id>/proof", methods=["POST"])
@operation(
    "twofactor:write",
    body=GateProofRequest,
    answers={204: "Proven for five minutes: ask the gate again"},
    limited=Limited.NOT,
    problems=(
        *REFUSALS,
        *("account_unknown", "gate_request_unknown", "not_provable", "check_proves_nothing"),
    ),
    example={"code": "492039"},
)
def prove_gate_request(account_id: str, request_id: str, body: dict[str, Any]) -> Answer:
    """Prove a request that the gate answered with `prove`."""
    proof, factors = Proof(body.get("code"), body.get("method")), FACTORS.chosen()
    with unit_of_work() as work:
        verdict = proving.prove_request(work, account_id, request_id, proof, factors, JUDGES.chosen())
    error = None if verdict is None else refusal(verdict)
    return (None, 204) if error is None else from_domain(error)


@blp.route("/gate/verify", methods=["POST"])
@operation(
    "events:write",
    body=DecisionRequest,
    answers={200: DecisionResponse},
    limited=Limited.NOT,
    example={
        "decision_token": "eyJ0eXAiOiJkZWNpc2lvbitqd3QiLCJhbGciOiJFUzI1NiJ9…",
        "account_id": "acct-1",
        "request_id": "pay-1",
        "action": "transfer",
        "amount": "120",
        "currency": "CNY",
        "payee": "b3b1f5d8c0a94f6e",
    },
)
def verify_decision(body: dict[str, Any]) -> Answer:
    """Check a decision token where the money moves, and take it: it is good once.

    Not for another account, amount or payee; not once the account was frozen or something else is held.
    """
    token, account_id = body.pop("decision_token"), body.pop("account_id")
    with unit_of_work() as work:
        checked = tokens.check(work, account_id, token, body, ISSUER.chosen())
    return DecisionResponse.show(checked), 200, NOT_STORED


def _shown(question: Question, decided: Decided, locale: str) -> dict[str, Any]:
    # By hand: the wallet waits for this before every payment.
    codes = list(dict.fromkeys(one.code for one in decided.findings))
    said = [code for code in codes if code in hold_remedies.REMEDIES]
    return {
        "request_id": question.request_id,
        "decision": decided.verdict.name.lower(),
        "until": None if decided.until is None or decided.until >= NEVER else rfc3339(decided.until),
        "reasons": [
            {
                "code": one.code,
                "detail": hold_remedies.reason(one.code, locale),
                **({} if one.hold is None else {"hold_id": str(one.hold.hold_id)}),
            }
            for one in decided.findings
        ],
        "remedy": {
            "steps": [hold_remedies.steps(code, locale) for code in said],
            "lifts": list(LIFTS[decided.verdict]),
            "papers": list(dict.fromkeys(hold_remedies.papers(code, locale) for code in said)),
        },
    }
