"""What each reason of a decision says to a person: to the owner, and to the staff who answer the owner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from secmon.risk.signals import Facts, Signal
from secmon.wording import places as place_names
from secmon.wording.languages import LOCALES, Words, language_of

# Braces name the facts of the signal.
REASONS: Mapping[str, Words] = {
    "new_device": ("first login from {device}", "首次从 {device} 登录"),
    "new_install_of_known_model": (
        "new install of the app on {device}, a model this account already uses",
        "在 {device} 上重新安装的应用，该账户使用过同型号设备",
    ),
    "mismatched_device": (
        "a known device's identifier on another handset: {device}",
        "已知设备的标识出现在另一台设备上：{device}",
    ),
    "new_network": ("first login from network {network}", "首次从网络 {network} 登录"),
    "new_country": ("first login from {country}", "首次从{country}登录"),
    "stale_country": ("first login from {country} in {days} days", "{days} 天来首次从{country}登录"),
    "rare_network": ("hardly any login comes from network {network}", "极少有登录来自网络 {network}"),
    "anonymizer": ("through a VPN, proxy or Tor exit", "经由 VPN、代理或 Tor 出口"),
    "hosting_network": ("from a data centre's network", "来自数据中心网络"),
    "impossible_travel": (
        "{from} to {to}, {km} km in {duration}",
        "{duration}内从{from}到{to}，相距 {km} 公里",
    ),
    "failures_before_success": (
        "{failures} wrong passwords in the minutes before",
        "此前几分钟内输错密码 {failures} 次",
    ),
    "account_under_attack": (
        "failed logins from {networks} networks within an hour",
        "一小时内有来自 {networks} 个网络的失败登录",
    ),
    "source_under_suspicion": (
        "the same source has just failed on {accounts} other accounts",
        "同一来源刚刚在另外 {accounts} 个账户上登录失败",
    ),
    "shared_device": ("{accounts} accounts use this device", "该设备登录过 {accounts} 个账户"),
    "recent_recovery": (
        "password recovered {duration} before, on a device not known until then",
        "{duration}前找回过密码，且此前未见过该设备",
    ),
    "recent_phone_change": (
        "phone number changed {duration} before, on a device not known until then",
        "{duration}前更换过手机号，且此前未见过该设备",
    ),
    "dormant_account": ("first login in {days} days", "{days} 天来首次登录"),
    "unusual_hour": ("at an hour unusual for this account: {hour}", "登录时间对该账户不寻常：{hour}"),
    "automation": ("a scripted or headless client: {client}", "脚本或无界面客户端：{client}"),
    "failed_challenge": (
        "a proof of identity was failed from the same {same}",
        "同一{same}此前未通过身份验证",
    ),
    "reported_by_owner": ("the owner said “not me” of the same {same}", "本人曾对同一{same}表示“不是我”"),
    "watched_account": ("this account is watched", "该账户正受重点关注"),
    "trusted_device": ("the owner trusts {device}", "本人信任的设备 {device}"),
    "proven_by_second_factor": ("proven by a second factor", "已通过第二重验证"),
    "usual_network": ("a network usual for this account", "该账户常用的网络"),
    "unusual_network": ("a network unusual for this account", "该账户不常用的网络"),
    "usual_device": ("a kind of device usual for this account", "该账户常用的设备类型"),
    "unusual_device": ("a kind of device unusual for this account", "该账户不常用的设备类型"),
    "usual_client": ("an app or browser usual for this account", "该账户常用的应用或浏览器"),
    "unusual_client": ("an app or browser unusual for this account", "该账户不常用的应用或浏览器"),
    "usual_place": ("a place usual for this account", "该账户常在的地点"),
    "unusual_place": ("a place unusual for this account", "该账户不常在的地点"),
}
# Facts that are themselves words.
SAME: Mapping[str, Words] = {"device": ("device", "设备"), "network": ("network", "网络")}
NOTHING: Words = ("unknown", "未知")
HANDSET: Words = ("{device}, {system}", "{device} ({system})")
HOURS: Words = ("{hours} h", "{hours} 小时")
MINUTES: Words = ("{minutes} min", "{minutes} 分钟")

MINUTES_AN_HOUR = 60
CITIES = ("from", "to")


@dataclass(frozen=True, slots=True)
class Told:
    """What whoever tells a login knows better than its signals: the device's name, and the owner's clock."""

    device: str
    occurred_at: datetime
    zone: ZoneInfo

    @property
    def time(self) -> str:
        """As "22:05 (Asia/Shanghai)"."""
        return f"{self.occurred_at.astimezone(self.zone):%H:%M} ({self.zone.key})"


def detail(signal: Signal, locale: str, told: Told | None = None) -> str:
    """One sentence about one signal, in Chinese for any `zh` locale, else in English."""
    language = language_of(locale)
    facts = {name: _said(name, value, language) for name, value in signal.facts.items()}
    facts |= _in_words(signal.facts, language)
    if "system" in facts:
        facts["device"] = told.device if told else _handset(signal.facts, facts["device"], language)
    if "hour_utc" in facts:
        facts["hour"] = told.time if told else f"{facts['hour_utc']}:00 UTC"
    return REASONS[signal.code][language].format_map(facts)


def _in_words(facts: Facts, language: int) -> dict[str, str]:
    """What is stored in a short form: durations, countries, cities."""
    said: dict[str, str] = {}
    if "minutes" in facts:
        said["duration"] = _duration(int(facts["minutes"]), language)
    if "country" in facts:
        said["country"] = place_names.country(str(facts["country"]), LOCALES[language])
    cities = {name: str(facts[name]) for name in CITIES if facts.get(name)}
    return said | {name: place_names.city(city, LOCALES[language]) for name, city in cities.items()}


def _handset(facts: Facts, device: str, language: int) -> str:
    system = str(facts["system"])
    if system in {"", "Other"}:
        return device
    return HANDSET[language].format(device=device, system=system)


def _said(name: str, value: str | int | float, language: int) -> str:
    if value == "":
        return NOTHING[language]
    if isinstance(value, str):
        # Only the fact `same` is a word of ours; a device may well be called "network".
        return SAME[value][language] if name == "same" and value in SAME else value
    if name == "km":
        value = round(value, -2 if value >= 1000 else -1)
    return f"{value:,}".replace(",", " ")


def _duration(minutes: int, language: int) -> str:
    hours, rest = divmod(minutes, MINUTES_AN_HOUR)
    parts = [HOURS[language].format(hours=hours)] if hours else []
    if rest or not hours:
        parts.append(MINUTES[language].format(minutes=rest))
    return " ".join(parts)
