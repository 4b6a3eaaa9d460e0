"""Run as a process of its own: the probe as it logs in production, and a few requests to it."""

from __future__ import annotations

import logging as stdlib

import structlog

from secmon.observing import logs as logging
from tests.databases import fresh_database
from tests.web.probe import Probe
from tests.web.probe_routes import SECRET

TOKEN = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ3YWxsZXQifQ.c2lnbmF0dXJl"
SECRETS = (
    SECRET,
    TOKEN,
    "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
    "s3cret-pass",
    "li.na@example.com",
    "+8613800138000",
)


def main() -> None:
    logging.configure("info")
    stdlib.getLogger("werkzeug").disabled = True
    probe = Probe(fresh_database("sqlite"))
    with probe.client("wallet") as client:
        client.post(f"/v1/things?password={SECRET}", json={"name": SECRET})
        client.get(f"/v1/things?name={SECRET}", headers={"X-Request-Id": "chosen-1"})
        client.get(f"/nowhere/{SECRET}%0A%7B%22event%22%3A%22forged%22%7D")
        client.request("G\u0045T", "/livez", headers={"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"})
        client.post("/v1/things/bug")
        client.post("/v1/things/broken")
    probe.stop()
    log = structlog.get_logger("domain")
    log.info(
        "line\nbreak\r\u2028\u0085\x1b[31m",
        token=TOKEN,
        note=f"Bearer {TOKEN}",
        nested={"client_secret": "s3cret-pass", "list": [{"email": "li.na@example.com"}]},
        phone="+8613800138000",
        url="postgresql://secmon:s3cret-pass@db/secmon",
        hook="whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        plain="kept",
    )
    log.debug("not_at_this_level")
    stdlib.getLogger("some.library").warning("it says %s\nin two lines", "this")
    stdlib.getLogger("some.library").info("chatter")


if __name__ == "__main__":
    main()
