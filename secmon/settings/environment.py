"""Settings come from the environment, once; every missing or bad variable is named at the same time."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from limits import RateLimitItem
from limits import parse as rate

from secmon.core import working_time
from secmon.core.working_time import Hours, WorkingCalendar
from secmon.geo.files import GeoPaths
from secmon.sealing.key_files import read_keys
from secmon.sealing.keyring import KeyRing, KeyRingError
from secmon.settings import addresses, variables
from secmon.settings.smtp_server import SmtpServer, parse_server
from secmon.settings.variables import LOG_LEVELS, Network, Variable, variable

# Far above what an honest caller does, far below what hurts the others.
TOKENS_PER_ADDRESS = rate("600 per minute")
REQUESTS_PER_CLIENT = rate("60000 per minute")


# What listens on every address is reached on this one.
LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


class SettingsError(Exception):
    """`problems` lists every variable that is missing or bad, a sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that an operator can choose; each field says which variable sets it, and what it is for."""

    database_url: str
    keys: KeyRing = field(repr=False)
    var_dir: Path = Path("var")
    host: str = variable("SECMON_HOST", variables.text, "127.0.0.1", "Address to listen on.")
    port: int = variable("PORT", variables.port, 8000, "Port to listen on.")
    web_concurrency: int = variable(
        "WEB_CONCURRENCY", variables.positive, os.cpu_count() or 1, "Web processes; one a core by default."
    )
    threads: int = variable(
        "SECMON_THREADS", variables.positive, 4, "Requests, and database connections, a process."
    )
    public_url: str = variable(
        "SECMON_PUBLIC_URL",
        variables.url,
        "http://127.0.0.1:8000",
        "Where owners and clients reach the service; by default, the address that it listens on.",
    )
    app_products: tuple[str, ...] = variable(
        "SECMON_APP_PRODUCTS", variables.words, ("UWallet",), "Product names in the wallet's own user agents."
    )
    trusted_proxies: tuple[Network, ...] = variable(
        "SECMON_TRUSTED_PROXIES", variables.networks, (), "Networks whose X-Forwarded-For is believed."
    )
    metrics_token: str | None = variable(
        "SECMON_METRICS_TOKEN", variables.text, None, "Bearer token of /metrics; none: 404.", secret=True
    )
    log_level: str = variable(
        "SECMON_LOG_LEVEL", variables.one_of(*LOG_LEVELS), "info", "Least level that is logged."
    )
    access_log: bool = variable("SECMON_ACCESS_LOG", variables.switch, True, "One log line a request.")
    rate_limit_storage: str = variable(
        "SECMON_RATE_LIMIT_STORAGE",
        addresses.rate_limits,
        "memory://",
        "redis://… where several nodes count together.",
    )
    token_rate_limit: RateLimitItem = variable(
        "SECMON_TOKEN_RATE_LIMIT", rate, TOKENS_PER_ADDRESS, "Token requests an address."
    )
    client_rate_limit: RateLimitItem = variable(
        "SECMON_CLIENT_RATE_LIMIT", rate, REQUESTS_PER_CLIENT, "Requests a client, gates not counted."
    )
    oidc_issuer: str | None = variable(
        "SECMON_OIDC_ISSUER", addresses.issuer, None, "An identity provider whose tokens are accepted too."
    )
    oidc_audience: str = variable("SECMON_OIDC_AUDIENCE", variables.text, "secmon", "`aud` of its tokens.")
    oidc_role_claim: str = variable(
        "SECMON_OIDC_ROLE_CLAIM", variables.text, "roles", "The claim that names roles."
    )
    oidc_jwks_url: str | None = variable(
        "SECMON_OIDC_JWKS_URL", addresses.trustworthy, None, "Its keys; discovered where not given."
    )
    password_age_days: int = variable(
        "SECMON_PASSWORD_AGE_DAYS", variables.password_age, 90, "When owners are reminded of old passwords."
    )
    events_kept_days: int = variable(
        "SECMON_EVENTS_KEPT_DAYS", variables.events_kept, 184, "Logins, messages; the law (CSL 21): 6 months."
    )
    records_kept_days: int = variable(
        "SECMON_RECORDS_KEPT_DAYS", variables.records_kept, 3653, "Closed cases and the audit: 10 years."
    )
    owner_zone: ZoneInfo = variable(
        "SECMON_OWNER_ZONE", working_time.parse_zone, working_time.SHANGHAI, "Zone of owners without one."
    )
    unfreeze_approval: bool = variable(
        "SECMON_UNFREEZE_APPROVAL", variables.switch, True, "Whether an unfreeze takes a second person."
    )
    totp_issuer: str = variable(
        "SECMON_TOTP_ISSUER", variables.totp_issuer, "secmon", "The name that authenticator apps show."
    )
    totp_algorithm: str = variable(
        "SECMON_TOTP_ALGORITHM", variables.one_of("SHA1", "SHA256"), "SHA1", "What most apps support is SHA1."
    )
    totp_digits: int = variable("SECMON_TOTP_DIGITS", variables.totp_digits, 6, "6 or 8.")
    webhook_allowed_networks: tuple[Network, ...] = variable(
        "SECMON_WEBHOOK_ALLOWED_NETWORKS",
        variables.networks,
        (),
        "Private networks that receivers may be in.",
    )
    smtp_server: SmtpServer | None = variable(
        "SECMON_SMTP_URL", parse_server, None, "smtp://user:password@host:587; none: no e-mail.", secret=True
    )
    mail_links: bool = variable(
        "SECMON_MAIL_LINKS", variables.switch, True, "Whether letters have a link to answer by."
    )
    mail_from: str = variable("SECMON_MAIL_FROM", variables.sender, "", "The sender's address.")
    work_zone: ZoneInfo = variable(
        "SECMON_WORK_ZONE", working_time.parse_zone, working_time.SHANGHAI, "Zone of the working hours."
    )
    work_hours: Hours = variable(
        "SECMON_WORK_HOURS", working_time.parse_hours, working_time.OFFICE_HOURS, "09:00-18:00"
    )
    work_weekdays: frozenset[int] = variable(
        "SECMON_WORK_WEEKDAYS", working_time.parse_weekdays, working_time.MON_TO_FRI, "Mon,Tue,…"
    )
    holidays: frozenset[date] = variable(
        "SECMON_HOLIDAYS", working_time.parse_days, frozenset(), "Days off: 2026-12-25,…"
    )
    extra_workdays: frozenset[date] = variable(
        "SECMON_EXTRA_WORKDAYS", working_time.parse_days, frozenset(), "Worked whatever the weekday."
    )
    geoip_city: Path | None = variable("SECMON_GEOIP_CITY", Path, None, "MaxMind DB file of cities.")
    geoip_asn: Path | None = variable("SECMON_GEOIP_ASN", Path, None, "MaxMind DB file of networks' owners.")
    anonymizer_lists: tuple[Path, ...] = variable(
        "SECMON_ANONYMIZER_LISTS", variables.paths, (), "Netset files of VPN, proxy and Tor exits."
    )
    hosting_lists: tuple[Path, ...] = variable(
        "SECMON_HOSTING_LISTS", variables.paths, (), "Netset files of hosting networks."
    )
    hosting_asns: Path | None = variable(
        "SECMON_HOSTING_ASNS", Path, None, "File of hosting networks by AS number, one a line."
    )

    @property
    def geo(self) -> GeoPaths:
        """The files that say where an address is."""
        return GeoPaths(
            self.geoip_city, self.geoip_asn, self.anonymizer_lists, self.hosting_lists, self.hosting_asns
        )

    @property
    def working_time(self) -> WorkingCalendar:
        """The hours in which cases' targets run."""
        return WorkingCalendar(
            self.work_zone, self.work_hours, self.work_weekdays, self.holidays, self.extra_workdays
        )

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Settings:
        """Reads the environment; raises `SettingsError` naming all that is wrong."""
        problems: list[str] = []
        found = _variables(cls, env, problems)
        var_dir = Path(env.get("SECMON_VAR_DIR", "var"))
        url = f"sqlite:///{var_dir.absolute()}/secmon.db"
        try:
            url = addresses.database(env.get("SECMON_DATABASE_URL") or url)
        except ValueError as error:
            problems.append(f"SECMON_DATABASE_URL: {error}")
        try:
            keys = read_keys(env, var_dir / "keys")
        except (ValueError, KeyRingError) as error:
            problems.append(f"SECMON_KEYS: {error}")
        if "smtp_server" in found and "mail_from" not in found:
            problems.append("SECMON_MAIL_FROM: the sender's address is needed with SECMON_SMTP_URL")
        if "smtp_server" in found and "public_url" not in found:
            problems.append("SECMON_PUBLIC_URL: where letters link to is needed with SECMON_SMTP_URL")
        if problems:
            raise SettingsError(problems)
        settings = cls(url, keys, var_dir, **found)
        return settings if "public_url" in found else replace(settings, public_url=settings.local_url)

    @property
    def local_url(self) -> str:
        """Where this machine reaches the service."""
        host = LOOPBACK.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def _variables(cls: type[Settings], env: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    found = {}
    for one in fields(cls):
        known: Variable | None = one.metadata.get("variable")
        if known is None or not env.get(known.name):
            continue
        try:
            found[one.name] = known.parse(env[known.name])
        except ValueError as error:
            problems.append(f"{known.name}: {error}")
    return found
