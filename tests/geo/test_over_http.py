"""Issue 3.4: places from the operator's files, in the service's own answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from secmon.alerts import words
from secmon.alerts.models import Alert
from tests.databases import fresh_database
from tests.geo.building import CHINA_TELECOM, LAGOS, SHANGHAI, mmdb, netset
from tests.logins.factories import login
from tests.service import Service

MANY_LOOKS = 1000
# On no list of ours.
OGBOMOSHO = {**LAGOS, "city": {"names": {"en": "Ogbomosho"}}}


class Placed(Service):
    """A service with files; `answer` is what it makes of a login."""

    def signals(self, account_id: str, ip: str, **changes: object) -> set[str]:
        event = login(account_id, ip=ip, **{"geo": None, **changes})
        with self.client("wallet") as wallet:
            answer = wallet.post("/v1/login-events", json=event).raise_for_status().json()
        return {signal["code"] for signal in answer["risk"]["signals"]}

    def says_of_its_files(self) -> str:
        with self.client("wallet") as client:
            answer = client.get("/readyz")
        assert answer.status_code == 200
        said: str = answer.json()["checks"]["geo"]
        return said


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("geo")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def placed(request: pytest.FixtureRequest, files: Path) -> Iterator[Placed]:
    service = Placed(
        fresh_database(request.param),
        files / request.param,
        geoip_city=mmdb(
            files / "city.mmdb", {"1.80.0.0/16": SHANGHAI, "41.58.0.0/16": LAGOS, "41.59.0.0/16": OGBOMOSHO}
        ),
        geoip_asn=mmdb(files / "asn.mmdb", {"1.80.0.0/13": CHINA_TELECOM}),
        anonymizer_lists=(netset(files / "tor.netset", "1.80.9.9"),),
        hosting_asns=netset(files / "clouds", "AS64500"),
    )
    yield service
    service.stop()


def test_an_address_without_a_word_from_the_caller_has_its_place(placed: Placed, account_id: str) -> None:
    placed.signals(account_id, "1.80.3.4")
    found = placed.signals(account_id, "41.58.3.4", after=timedelta(minutes=40))
    assert {"new_country", "impossible_travel"} <= found


def test_the_callers_word_wins(placed: Placed, account_id: str) -> None:
    placed.signals(account_id, "1.80.3.4")
    here = {"country": "CN", "region": "SH", "city": "Shanghai", "latitude": 31.2, "longitude": 121.5}
    found = placed.signals(account_id, "41.58.3.4", geo=here, after=timedelta(minutes=40))
    assert found.isdisjoint({"new_country", "impossible_travel"})


def test_A74_a_city_of_the_files_is_told_to_the_owner_and_one_of_the_callers_alone_is_not(
    placed: Placed, account_id: str
) -> None:
    placed.signals(account_id, "1.80.3.4")
    for ip, city in (("41.59.3.4", None), ("41.59.3.4", "Ogbomosho"), ("1.80.3.4", "Ogbomosho")):
        geo = city and {"country": "NG", "city": city}
        stranger = {"device_id": f"strange-{city}", "user_agent": "UWallet/5 (Android 13; vivo V2055A)"}
        placed.signals(account_id, ip, geo=geo, after=timedelta(hours=9), **stranger)
    with placed.work(write=False) as work:
        alerts = work.session.scalars(select(Alert).where(Alert.account_id == account_id)).all()
        zone = placed.settings.owner_zone
        told = {(alert.ip, words.described(work, alert, zone, "en", ())["place"]) for alert in alerts}
    assert told == {("41.59.3.4", "Ogbomosho, Nigeria"), ("1.80.3.4", "Nigeria")}


def test_lists_flag_an_address_and_the_callers_own_network(placed: Placed, account_id: str) -> None:
    placed.signals(account_id, "1.80.3.4")
    assert "anonymizer" in placed.signals(account_id, "1.80.9.9")
    assert "hosting_network" in placed.signals(account_id, "1.80.3.4", geo={"country": "CN", "asn": 64500})


@pytest.mark.parametrize("ip", ["10.1.2.3", "224.0.0.1", "::1", "9.9.9.9"])
def test_an_address_that_is_nowhere_is_judged_without_a_place(
    placed: Placed, account_id: str, ip: str
) -> None:
    placed.signals(account_id, "1.80.3.4")
    found = placed.signals(account_id, ip, after=timedelta(minutes=5))
    assert found.isdisjoint({"new_country", "impossible_travel", "anonymizer"})


def test_a_corrupt_file_is_told_of_and_the_last_good_one_answers(
    placed: Placed, files: Path, account_id: str
) -> None:
    assert placed.says_of_its_files().startswith("ok (city: countries, regions, cities")
    city = files / "city.mmdb"
    good = city.read_bytes()
    city.write_bytes(good[: len(good) // 2])
    _until(placed, account_id, "cannot be used as they are now: city")
    placed.signals(account_id, "1.80.3.4")
    assert "new_country" in placed.signals(account_id, "41.58.3.4", after=timedelta(hours=2))
    city.write_bytes(good)
    _until(placed, account_id, "ok")


def _until(placed: Placed, account_id: str, said: str) -> None:
    """Looks are taken beside requests, some seconds apart."""
    for _ in range(MANY_LOOKS):
        placed.clock.advance(timedelta(seconds=2))
        placed.signals(f"{account_id}-passer-by", "9.9.9.9")
        if placed.says_of_its_files().startswith(said):
            return
    raise AssertionError(placed.says_of_its_files())


def test_without_files_the_service_works_and_says_so(service: Service, account_id: str) -> None:
    with service.client("wallet") as wallet:
        ready = wallet.get("/readyz")
        judged = wallet.post("/v1/login-events", json=login(account_id, geo=None))
    assert (ready.status_code, ready.json()["checks"]["geo"]) == (200, "no files")
    assert (judged.status_code, judged.json()["decision"]) == (201, "allow")
