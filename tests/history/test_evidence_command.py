"""`secmon evidence verify`: offline, on any machine, of a file that may come from anybody."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from joserfc import jws
from joserfc.jwk import ECKey

from secmon.audit import record_keys
from secmon.cli.main import root
from secmon.clients import signing_keys
from secmon.history import evidence
from tests.service import NO_TLS, Service

GENUINE, NOT_GENUINE, SIGNER_NOT_CHECKED = 0, 1, 3
Verify = Callable[..., tuple[int, str]]


@pytest.fixture
def verify(tmp_path: Path) -> Verify:
    """Runs the command on a document (a JSON value, or a file's own bytes); its status, what it said."""

    def run(document: Any, *options: str) -> tuple[int, str]:
        file = tmp_path / "evidence.json"
        file.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
        ran = CliRunner().invoke(root, ["evidence", "verify", str(file), *options])
        assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
        return ran.exit_code, ran.output

    return run


@pytest.fixture
def jwks(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The service's keys, as they were saved when the command printed them."""
    monkeypatch.setenv("SECMON_DATABASE_URL", service.settings.database_url)
    monkeypatch.setenv("SECMON_KEYS", "test=BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=")
    return printed_keys(tmp_path)


def printed_keys(directory: Path) -> str:
    printed = CliRunner().invoke(root, ["evidence", "keys"])
    assert printed.exit_code == 0, printed.output
    assert all("d" not in key for key in json.loads(printed.output)["keys"])
    file = directory / "jwks.json"
    file.write_text(printed.output, "utf-8")
    return str(file)


def invented(document: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The document with another story, signed with a key of the inventor's; and that key's id."""
    key = ECKey.generate_key("P-256")
    parts = {name: copy.deepcopy(document[name]) for name in evidence.PARTS}
    parts["timeline"] = []
    return evidence.sealed(parts, key), key.thumbprint()


def test_a_document_verifies_against_the_published_keys(
    document: dict[str, Any], verify: Verify, jwks: str
) -> None:
    status, said = verify(document, "--jwks", jwks)
    assert (status, said.split(":")[0]) == (GENUINE, "genuine")
    assert document["about"]["reference"] in said


def test_a_document_verifies_against_the_keys_id(document: dict[str, Any], verify: Verify) -> None:
    key_id = jws.extract_compact(document["signature"].encode()).headers()["kid"]
    assert verify(document, "--key", key_id)[0] == GENUINE
    assert verify(document, "--key", "another", "--key", key_id)[0] == GENUINE
    assert verify(document, "--key", "another")[0] == NOT_GENUINE


def test_nothing_is_called_genuine_by_a_key_that_it_brings_along(
    document: dict[str, Any], verify: Verify, jwks: str
) -> None:
    forged, key_id = invented(document)
    for one in (document, forged):
        status, said = verify(one)
        assert (status, "NOT checked" in said) == (SIGNER_NOT_CHECKED, True)
    status, said = verify(forged, "--jwks", jwks)
    assert (status, "NOT GENUINE" in said, key_id in said) == (NOT_GENUINE, True, True)


@pytest.mark.usefixtures("jwks")
def test_a_document_of_a_key_long_gone_verifies(
    service: Service, document: dict[str, Any], verify: Verify, tmp_path: Path
) -> None:
    for _ in range(2):
        service.clock.advance(timedelta(days=400))
        with service.work() as work:
            record_keys.add(work, service.settings.keys)
    assert verify(document, "--jwks", printed_keys(tmp_path))[0] == GENUINE


def test_a_key_of_tokens_signs_no_evidence_any_more(
    service: Service, document: dict[str, Any], verify: Verify, jwks: str, tmp_path: Path
) -> None:
    """But what one signed before the record had keys of its own is still genuine."""
    parts = {name: document[name] for name in evidence.PARTS}
    published = httpx.get(f"{service.url}/.well-known/jwks.json", verify=NO_TLS).json()["keys"]
    signer = jws.extract_compact(document["signature"].encode()).headers()["kid"]
    assert signer not in {key["kid"] for key in published}
    with service.work(write=False) as work:
        before = evidence.sealed(parts, signing_keys.ensure(work, service.settings.keys))
    assert verify(before, "--jwks", jwks)[0] == GENUINE
    service.clock.advance(timedelta(days=400))
    with service.work() as work:
        since = evidence.sealed(parts, signing_keys.rotate(work, service.settings.keys))
    assert verify(since, "--jwks", printed_keys(tmp_path))[0] == NOT_GENUINE


@pytest.mark.parametrize("part", evidence.PARTS)
def test_a_changed_document_is_refused(
    document: dict[str, Any], verify: Verify, jwks: str, part: str
) -> None:
    changed = copy.deepcopy(document)
    changed[part] = {**changed[part], "more": 1} if isinstance(changed[part], dict) else changed[part][1:]
    assert verify(changed, "--jwks", jwks)[0] == NOT_GENUINE


@pytest.mark.parametrize(
    "change",
    [
        {"more": 1},
        {"manifest": None},
        {"manifest": {"parts": 7, "format": evidence.FORMAT, "digest": ""}},
        {"signature": None},
        {"signature": 7},
        {"signature": "a.b.c"},
        {"signature": "é.ü.ß"},
        {"about": []},
        {"case": "\ud800"},
    ],
)
def test_what_is_put_into_a_document_is_refused(
    document: dict[str, Any], verify: Verify, jwks: str, change: dict[str, Any]
) -> None:
    status, said = verify({**document, **change}, "--jwks", jwks)
    assert (status, "NOT GENUINE" in said) == (NOT_GENUINE, True)


def test_a_name_that_is_there_twice_is_refused(document: dict[str, Any], verify: Verify, jwks: str) -> None:
    """One reader sees the first, another the last: the signature would be of one of them."""
    twice = json.dumps(document)[:-1].encode() + b', "case": ' + json.dumps(document["case"]).encode() + b"}"
    assert verify(twice, "--jwks", jwks)[0] == NOT_GENUINE


@pytest.mark.parametrize(
    "nonsense",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"manifest": 1}',
        b'"text"',
        b"7",
        b"NaN",
        b"[" * 100_000,
        b"9" * 9_999,
    ],
)
def test_what_is_no_document_is_refused(nonsense: bytes, verify: Verify) -> None:
    status, said = verify(nonsense)
    assert (status, "NOT GENUINE" in said) == (NOT_GENUINE, True)


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "at+jwt"},
        {"jwk": {"kty": "RSA", "n": "AQAB"}},
        {"jwk": {"kty": "oct", "k": "AAAA"}},
        {"jwk": {"kty": "EC", "crv": "P-256", "x": 5, "y": None}},
        {"kid": "the service's own"},
    ],
)
def test_a_signature_of_another_kind_is_refused(
    document: dict[str, Any], verify: Verify, header: dict[str, Any]
) -> None:
    key = ECKey.generate_key("P-256")
    known = {"alg": "ES256", "typ": evidence.TYPE, "kid": key.thumbprint(), "jwk": key.as_dict(private=False)}
    payload = evidence.canonical(document["manifest"])
    signature = jws.serialize_compact({**known, **header}, payload, key, algorithms=["ES256"])
    status, said = verify({**document, "signature": signature})
    assert (status, "NOT GENUINE" in said) == (NOT_GENUINE, True)


def test_what_a_document_says_of_itself_moves_no_cursor(document: dict[str, Any], verify: Verify) -> None:
    key = ECKey.generate_key("P-256")
    parts = {name: document[name] for name in evidence.PARTS}
    parts["about"] = {**document["about"], "reference": "SC-1\x1b[2J\rgenuine: case SC-1"}
    status, said = verify(evidence.sealed(parts, key))
    assert (status, "\x1b" in said) == (NOT_GENUINE, False)


@pytest.mark.parametrize(
    "keys", [b"", b"[]", b'{"keys": 7}', b'{"keys": []}', b'{"keys": [{}]}', b'{"keys": [7]}']
)
def test_a_file_without_keys_trusts_nobody(
    document: dict[str, Any], verify: Verify, tmp_path: Path, keys: bytes
) -> None:
    file = tmp_path / "none.json"
    file.write_bytes(keys)
    assert verify(document, "--jwks", str(file))[0] == NOT_GENUINE
