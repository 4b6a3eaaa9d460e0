"""schemathesis against the live service: what it makes of the document must be answered as documented."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case, SerializationContext
from schemathesis.config import SchemathesisConfig

from secmon.app import create_app
from secmon.clients.scopes import SCOPES_OF
from secmon.settings import Settings
from tests.service import TEST_KEYS, Service

# Enough to find what a person would not think of, few enough for every run of the suite.
EXAMPLES = 8

# Fitting fields may still break a rule: a time to come, a latitude without its longitude.
ACCEPTED = ["2xx", "304", "401", "403", "404", "409", "412", "422", "428"]
# What a change is made upon is looked at before what it says.
REJECTED = ["4xx"]

CONFIG = SchemathesisConfig.from_dict(
    {
        "generation": {"deterministic": True},
        # Every edge of every field of every event in a batch: collecting them takes a minute a process.
        "phases": {"coverage": {"enabled": False}},
        "checks": {
            "positive_data_acceptance": {"expected-statuses": ACCEPTED},
            "negative_data_rejection": {"expected-statuses": REJECTED},
        },
        # Events of a batch are judged each by itself: the whole is answered, and says which are none.
        "operations": [
            {
                "include-path": "/v1/login-events/batch",
                "checks": {"negative_data_rejection": {"expected-statuses": [*REJECTED, "200"]}},
            }
        ],
    }
)


@schemathesis.serializer("application/x-ndjson")
def as_lines(_ctx: SerializationContext, value: Any) -> bytes:
    """What is generated for lines is any text."""
    return str(value).encode("utf-8", "surrogatepass")


def published() -> dict[str, Any]:
    """The document, from an application that no request ever reaches."""
    app = create_app(Settings("sqlite://", TEST_KEYS, Path("var")))
    found: dict[str, Any] = json.loads(app.extensions["secmon.openapi_json"])
    return found


api = schemathesis.openapi.from_dict(published(), config=CONFIG)


@api.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_service_does_what_its_document_says(case: Case[Any], postgres_service: Service) -> None:
    needed = case.operation.definition.raw["security"]
    headers = {}
    if needed:
        (scope,) = needed[0]["oauth2"]
        role = next(role for role, scopes in SCOPES_OF.items() if scope in scopes)
        headers["Authorization"] = f"Bearer {postgres_service.token(role)}"
    case.call_and_validate(base_url=postgres_service.url, headers=headers)
