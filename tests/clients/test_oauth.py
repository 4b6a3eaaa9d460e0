"""Reading a token request (RFC 6749 §2.3.1, §4.4.2, §5.2), without HTTP."""

from __future__ import annotations

import base64

import pytest

from secmon.clients.oauth import ErrorCode, OAuthError, granted, read_request, require_grant

GRANT = {"grant_type": ["client_credentials"]}


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


def refusal(authorization: str | None, form: dict[str, list[str]]) -> ErrorCode:
    with pytest.raises(OAuthError) as refused:
        require_grant(read_request(authorization, form))
    return refused.value.code


def test_credentials_come_by_header_or_in_the_body() -> None:
    by_header = read_request(basic("id:secret"), GRANT).credentials
    in_body = read_request(None, {**GRANT, "client_id": ["id"], "client_secret": ["secret"]}).credentials
    assert by_header == in_body


def test_both_parts_of_a_header_are_form_encoded() -> None:
    found = read_request(basic("a%3Ab:c+d%2Fe"), GRANT).credentials
    assert (found.client_id, found.secret) == ("a:b", "c d/e")


def test_a_header_may_repeat_the_client_id_in_the_body() -> None:
    assert read_request(basic("id:secret"), {**GRANT, "client_id": ["id"]}).credentials.client_id == "id"


@pytest.mark.parametrize(
    ("authorization", "form", "code"),
    [
        (basic("id:secret"), {**GRANT, "client_secret": ["secret"]}, ErrorCode.INVALID_REQUEST),
        (basic("id:secret"), {**GRANT, "client_id": ["other"]}, ErrorCode.INVALID_REQUEST),
        (basic("id:secret"), {"grant_type": ["client_credentials"] * 2}, ErrorCode.INVALID_REQUEST),
        (basic("id:secret"), {**GRANT, "unheard_of": ["1", "2"]}, ErrorCode.INVALID_REQUEST),
        (basic("id:secret"), {}, ErrorCode.INVALID_REQUEST),
        (basic("id:secret"), {"grant_type": [""]}, ErrorCode.INVALID_REQUEST),
        (basic("id:secret"), {"grant_type": ["password"]}, ErrorCode.UNSUPPORTED_GRANT_TYPE),
        (basic("no separator"), GRANT, ErrorCode.INVALID_CLIENT),
        ("Basic *", GRANT, ErrorCode.INVALID_CLIENT),
        ("Basic " + base64.b64encode(b"\xff:\xfe").decode(), GRANT, ErrorCode.INVALID_CLIENT),
        ("Bearer abc", GRANT, ErrorCode.INVALID_CLIENT),
        ("", GRANT, ErrorCode.INVALID_CLIENT),
        (None, GRANT, ErrorCode.INVALID_CLIENT),
        (None, {**GRANT, "client_id": ["id"], "client_secret": [""]}, ErrorCode.INVALID_CLIENT),
    ],
)
def test_what_cannot_be_read_is_refused(
    authorization: str | None, form: dict[str, list[str]], code: ErrorCode
) -> None:
    assert refusal(authorization, form) is code


def test_all_scopes_are_granted_or_the_part_asked_for() -> None:
    held = frozenset({"b", "a"})
    assert granted("", held) == "a b"
    assert granted("b", held) == "b"
    for too_much in ("c", "a c", "a  b", " "):
        with pytest.raises(OAuthError) as refused:
            granted(too_much, held)
        assert refused.value.code is ErrorCode.INVALID_SCOPE
