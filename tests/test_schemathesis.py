"""schemathesis against the live service: what it makes of the document must be answered as documented."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from schemathesis import Case

from tests.databases import fresh_database
from tests.published import authorization, published
from tests.service import Service

# Beside the edges of every field: enough to find what a person would not think of.
EXAMPLES = 8

api = published()


@pytest.fixture(scope="module")
def own_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Whoever tries everything puts policies in force that no other test could live with."""
    service = Service(fresh_database("postgresql"), tmp_path_factory.mktemp("schemathesis"))
    yield service
    service.stop()


@api.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_service_does_what_its_document_says(case: Case[Any], own_service: Service) -> None:
    case.call_and_validate(base_url=own_service.url, headers=authorization(case, own_service))
