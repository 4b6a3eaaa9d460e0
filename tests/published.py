"""The document that the service publishes, as schemathesis reads it, and who asks what of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis import Case, SerializationContext
from schemathesis.config import SchemathesisConfig
from schemathesis.schemas import BaseSchema

from secmon.app import create_app
from secmon.clients.scopes import SCOPES_OF, Role
from secmon.openapi.document import RENDERED
from secmon.settings.environment import Settings
from tests.service import TEST_KEYS, Service

# Fitting fields may still break a rule: a time to come, a latitude without its longitude;
# five wrong codes in a row block the next one.
ACCEPTED = ["2xx", "304", "401", "403", "404", "409", "412", "422", "428", "429"]
# What a change is made upon is looked at before what it says.
REJECTED = ["4xx"]

# Every edge of a policy and of an event is tried where it is stored; here it would be once more the same.
NO_EDGES = {"phases": {"coverage": {"enabled": False}}}
TRIED_ELSEWHERE = ("/v1/risk-policy/backtest", "/v1/risk-policy/shadow", "/v1/risk-assessments")

CONFIG = {
    "generation": {"deterministic": True},
    # What follows what is in the document, and not to be guessed.
    "phases": {"stateful": {"inference": {"algorithms": []}}},
    "checks": {
        "positive_data_acceptance": {"expected-statuses": ACCEPTED},
        "negative_data_rejection": {"expected-statuses": REJECTED},
        "missing_required_header": {"expected-statuses": ["401", "428"]},
    },
    "operations": [
        *({"include-path": path, **NO_EDGES} for path in TRIED_ELSEWHERE),
        # Events of a batch are judged each by itself: the whole is answered, and says which are none.
        *(
            {
                "include-path": f"/v1/login-events/{path}",
                **NO_EDGES,
                "checks": {"negative_data_rejection": {"expected-statuses": [*REJECTED, "200"]}},
            }
            for path in ("batch", "import")
        ),
        # A client is revoked, and stays to be seen.
        {"include-path": "/v1/clients/{client_id}", "checks": {"use_after_free": {"enabled": False}}},
    ],
}


@schemathesis.serializer("application/x-ndjson")
def as_lines(_ctx: SerializationContext, value: Any) -> bytes:
    """What is generated for lines is any text."""
    return str(value).encode("utf-8", "surrogatepass")


def published() -> BaseSchema:
    """The document, from an application that no request ever reaches."""
    app = create_app(Settings("sqlite://", TEST_KEYS, Path("var")))
    document = json.loads(RENDERED.of(app))
    _close(document)
    # A reader's order is not a tester's: walks are the same however the documentation is arranged.
    document["paths"] = dict(sorted(document["paths"].items()))
    return schemathesis.openapi.from_dict(document, config=SchemathesisConfig.from_dict(CONFIG))


def _close(document: dict[str, Any]) -> None:
    """Answers may grow, by a release that documents how: what this one sends is what it says, and no more."""
    for name, schema in document["components"]["schemas"].items():
        # RFC 9457 §3.2: a problem may have members of its own.
        if "properties" in schema and name != "Problem":
            schema.setdefault("additionalProperties", False)


def authorization(case: Case[Any], service: Service, *, rather: tuple[Role, ...] = ()) -> dict[str, str]:
    """The header of somebody who may ask this; of those in `rather`, if one of them may."""
    needed = case.operation.definition.raw["security"]
    if not needed:
        return {}
    (scope,) = needed[0]["oauth2"]
    role = next(role for role in (*rather, *SCOPES_OF) if scope in SCOPES_OF[role])
    return {"Authorization": f"Bearer {service.token(role)}"}
