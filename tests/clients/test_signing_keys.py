"""Rotation of the keys that sign tokens, and the keys that they are kept under."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from joserfc import jws
from sqlalchemy import select

from secmon.app import create_app
from secmon.clients import signing_keys
from secmon.clients.models import SigningKey
from secmon.clients.service import NewClient
from secmon.core.actor import SYSTEM
from secmon.database.engine import Database, make_engine
from secmon.sealing.keyring import KeyRing, KeyRingError
from secmon.web.caller import AUTHENTICATE
from secmon.web.unit_of_work import DATABASE
from tests.clients.conftest import Ask
from tests.databases import empty_database, fresh_database
from tests.service import NO_TLS, START, Service

Standing = Callable[[str], httpx.Response]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def own_service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """Keys are everybody's: those of other tests are of other times, and their tokens are still used."""
    service = Service(fresh_database(request.param), tmp_path_factory.mktemp("signing-keys"))
    yield service
    service.stop()


@pytest.fixture
def service(own_service: Service) -> Service:
    own_service.clock.now = START
    return own_service


def published(service: Service) -> list[str]:
    return [
        key["kid"] for key in httpx.get(f"{service.url}/.well-known/jwks.json", verify=NO_TLS).json()["keys"]
    ]


def rotate(service: Service) -> str:
    with service.work() as work:
        return signing_keys.rotate(work, service.settings.keys).thumbprint()


def test_after_a_rotation_the_new_key_signs_and_the_old_one_still_verifies(
    service: Service, standing: Standing, token: str, ask: Ask, wallet_client: NewClient
) -> None:
    before = published(service)
    kid = rotate(service)
    assert set(published(service)) == {kid, *before}
    assert standing(token).status_code == 404
    new = ask(auth=(str(wallet_client.client.client_id), wallet_client.secret)).json()["access_token"]
    assert jws.extract_compact(new.encode()).headers()["kid"] == kid
    assert standing(new).status_code == 404


def test_a_rotated_key_is_gone_once_its_last_token_has_expired(service: Service) -> None:
    kid = rotate(service)
    service.clock.advance(signing_keys.VERIFIES_FOR)
    assert published(service) == [kid]
    newest = rotate(service)
    with service.work(write=False) as work:
        assert set(work.session.scalars(select(SigningKey.kid))) == {kid, newest}


def test_a_token_of_a_rotated_key_is_refused_by_who_never_saw_it_before(
    service: Service, standing: Standing, token: str
) -> None:
    rotate(service)
    with service.work() as work:
        for key in work.session.scalars(select(SigningKey).where(SigningKey.retires_at.is_not(None))):
            key.retires_at = work.now - timedelta(seconds=1)
    assert standing(token).status_code == 401


def test_private_keys_are_not_in_the_database(service: Service) -> None:
    with service.work(write=False) as work:
        key = signing_keys.current(work, service.settings.keys)
        assert key is not None
        private = str(key.as_dict(private=True)["d"]).encode()
        assert all(private not in row.private_key for row in work.session.scalars(select(SigningKey)))


def test_f15_the_service_does_not_start_with_another_key_ring(service: Service) -> None:
    wrong = KeyRing({"test": b"\x08" * 32}, "test")
    missing = KeyRing({"other": b"\x07" * 32}, "other")
    for ring in (wrong, missing):
        with pytest.raises(KeyRingError):
            create_app(replace(service.settings, keys=ring))


def test_f15_a_service_that_started_without_its_database_is_not_ready_with_another_key_ring(
    service: Service,
) -> None:
    wrong = KeyRing({"test": b"\x08" * 32}, "test")
    assert signing_keys.unreadable(service.database, service.settings.keys) is None
    assert signing_keys.unreadable(service.database, wrong) is not None
    assert httpx.get(f"{service.url}/readyz", verify=NO_TLS).json()["checks"]["signing_keys"] == "ok"


def test_a_database_that_is_not_there_yet_keeps_nobody_from_starting(service: Service) -> None:
    for url in (empty_database("sqlite"), "postgresql://nobody@127.0.0.1:1/none"):
        signing_keys.load_signing_keys(Database(make_engine(url)), service.settings.keys)


def test_a_key_moved_to_another_row_is_not_read(service: Service) -> None:
    """A41."""
    with service.work() as work:
        mine = work.session.scalars(select(SigningKey)).first()
        assert mine is not None
        forged = SigningKey(kid="k" * 43, private_key=mine.private_key, created_at=work.now)
        work.session.add(forged)
        work.session.flush()
        with pytest.raises(KeyRingError):
            signing_keys.find(work, service.settings.keys, "k" * 43)
        work.session.delete(forged)


def test_the_first_token_makes_the_first_key(service: Service, ask: Ask, wallet_client: NewClient) -> None:
    with service.work() as work:
        for key in work.session.scalars(select(SigningKey)):
            work.session.delete(key)
    assert ask(auth=(str(wallet_client.client.client_id), wallet_client.secret)).status_code == 200
    with service.database.work(SYSTEM, write=False) as work:
        assert len(signing_keys.verifying(work, service.settings.keys)) == 1


def test_another_process_believes_the_new_key_at_once(
    service: Service, ask: Ask, wallet_client: NewClient, token: str
) -> None:
    other = create_app(service.settings, service.clock)
    authenticate = AUTHENTICATE.of(other)
    authenticate(token)
    rotate(service)
    new = ask(auth=(str(wallet_client.client.client_id), wallet_client.secret)).json()["access_token"]
    assert authenticate(new).actor.actor_id == str(wallet_client.client.client_id)
    DATABASE.of(other).dispose()
