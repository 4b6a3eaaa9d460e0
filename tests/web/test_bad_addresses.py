"""Queries and paths are read as strictly as bodies (R20, A27)."""

from __future__ import annotations

import httpx
import pytest


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "/limit"),
        ("limit=201", "/limit"),
        ("limit=5.0", "/limit"),
        ("limit=５", "/limit"),
        ("limit=", "/limit"),
        ("limit=1&limit=2", "/limit"),
        ("cursor=x", "/cursor"),
        ("cursor=W10", "/cursor"),
        ("cursor=W1sxXV0", "/cursor"),
        ("name=%00", "/name"),
        ("name=", "/name"),
        ("nmae=x", "/nmae"),
    ],
)
def test_a_query_is_read_as_strictly(http: httpx.Client, query: str, pointer: str) -> None:
    answer = http.get(f"/v1/things?{query}")
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_a_route_without_parameters_takes_none(http: httpx.Client) -> None:
    assert http.get("/v1/things/one?verbose=1").status_code == 422


def test_open_routes_let_strangers_add_parameters(http: httpx.Client) -> None:
    assert http.get("/livez?utm_source=monitor").status_code == 200


@pytest.mark.parametrize(
    "path", ["/v1/things/a%00b", "/v1/things/a%0Ab", "/v1/things/%FF", "/v1/things/" + "x" * 65]
)
def test_a_path_that_holds_no_identifier_is_unknown(http: httpx.Client, path: str) -> None:
    assert http.get(path).status_code == 404
