"""Phones, computers and the user agents that they send, over time: models, systems, updates, browsers."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

APP_RELEASE_EVERY = timedelta(days=21)
APP_FIRST_RELEASE = datetime.fromisoformat("2024-01-01T00:00:00+00:00")
APP_RELEASES_PER_MAJOR = 14
BROWSER_RELEASE_EVERY = timedelta(days=28)
BROWSER_FIRST_MAJOR = 120

# Family -> (share, models, versions that are on phones today).
PHONES: dict[str, tuple[float, tuple[str, ...], tuple[int, ...]]] = {
    "Android": (
        0.55,
        (
            "Xiaomi 2201123C",
            "Xiaomi 23013RK75C",
            "Xiaomi 24031PN0DC",
            "Redmi 22101316C",
            "Redmi 23078RKD5C",
            "OPPO PHM110",
            "OPPO PJX110",
            "OPPO PGBM10",
            "vivo V2309A",
            "vivo V2218A",
            "vivo V2324A",
            "HONOR ANP-AN00",
            "HONOR PGT-AN10",
            "Samsung SM-S9180",
            "Samsung SM-A5460",
            "Samsung SM-G9910",
            "OnePlus PHB110",
            "realme RMX3706",
            "Google Pixel 8",
            "motorola XT2301-5",
        ),
        (11, 12, 13, 14),
    ),
    "iOS": (
        0.33,
        (
            "iPhone12,1",
            "iPhone13,2",
            "iPhone13,4",
            "iPhone14,2",
            "iPhone14,5",
            "iPhone14,7",
            "iPhone15,2",
            "iPhone15,3",
            "iPhone15,4",
            "iPhone16,1",
            "iPhone16,2",
            "iPhone17,1",
        ),
        (15, 16, 17),
    ),
    "HarmonyOS": (
        0.12,
        ("HUAWEI ALN-AL00", "HUAWEI BRA-AL00", "HUAWEI LNA-AL00", "HUAWEI NOH-AN00", "HUAWEI HBN-AL00"),
        (3, 4),
    ),
}
LOCALES = {"CN": "zh_CN", "ID": "id_ID", "DE": "de_DE"}


@dataclass(frozen=True, slots=True)
class Handset:
    """One phone with the wallet installed. `lag_days`: how late its owner takes a new release of the app."""

    install: str
    system: str
    model: str
    version: int
    patch: int
    lag_days: int
    locale: str

    def user_agent(self, now: datetime) -> str:
        """What the app on this phone sends at this moment."""
        return self.system_agent(now).removesuffix(")") + f"; {self.model}; {self.locale})"

    def system_agent(self, now: datetime) -> str:
        """The same, naming the app and the system and not the model."""
        system = f"{self.system} {self.version}" + (f".{self.patch}" if self.system != "Android" else "")
        return f"UWallet/{app_version(now, self.lag_days)} ({system})"

    def updated(self, draw: Random) -> "Handset":
        """The same phone after a system update; a major one now and then."""
        if draw.random() < 0.4:
            return replace(self, version=self.version + 1, patch=0)
        return replace(self, patch=self.patch + 1)

    def reinstalled(self, draw: Random) -> "Handset":
        """The same phone with a new install of the app."""
        return replace(self, install=new_install(draw))


def new_install(draw: Random) -> str:
    """An identifier as the app makes one for each install."""
    return f"ins-{draw.getrandbits(64):016x}"


def buy(draw: Random, country: str) -> Handset:
    """A phone as people have them: few models are common, many are rare."""
    system = draw.choices(list(PHONES), [share for share, _, _ in PHONES.values()])[0]
    _, models, versions = PHONES[system]
    model = draw.choices(models, [1 / (rank + 2) for rank in range(len(models))])[0]
    locale = LOCALES.get(country, "en_US")
    version = draw.choice(versions)
    return Handset(
        new_install(draw), system, model, version, draw.randint(0, 4), draw.choice((0, 2, 5, 10, 30)), locale
    )


def buy_next(draw: Random, country: str, old: Handset) -> Handset:
    """The phone after this one: usually of the same system, never the same model."""
    for _ in range(50):
        phone = buy(draw, country)
        same_system = phone.system == old.system
        if phone.model != old.model and (same_system or draw.random() < 0.25):
            return replace(phone, version=max(phone.version, old.version) if same_system else phone.version)
    return phone


def app_version(now: datetime, lag_days: int) -> str:
    """The release of the wallet's app that a phone has, given how late it updates."""
    release = max(0, (now - timedelta(days=lag_days) - APP_FIRST_RELEASE) // APP_RELEASE_EVERY)
    return f"{4 + release // APP_RELEASES_PER_MAJOR}.{release % APP_RELEASES_PER_MAJOR}.{release * 7 % 5}"


def browser_agent(taste: int, now: datetime) -> str:
    """The user agent of a computer's browser; `taste` chooses system and browser, time its version."""
    major = BROWSER_FIRST_MAJOR + (now - APP_FIRST_RELEASE) // BROWSER_RELEASE_EVERY
    windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
    mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
    chrome = f"AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{major}.0.0.0 Safari/537.36"
    agents = (
        f"{windows} {chrome}",
        f"{windows} {chrome} Edg/{major}.0.0.0",
        f"{mac} {chrome}",
        f"{mac} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.{major % 6} Safari/605.1.15",
        f"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{major}.0) Gecko/20100101 Firefox/{major}.0",
    )
    return agents[taste % len(agents)]


# The system that iOS names in every web view from here on, whatever the phone has.
FROZEN_IOS = 18


def web_view_agent(phone: Handset) -> str:
    """What the app's own web view says of the phone; iOS names a version that was frozen long ago."""
    if phone.system == "iOS":
        version = f"{FROZEN_IOS}_6" if phone.version >= FROZEN_IOS else f"{phone.version}_{phone.patch}"
        system = f"iPhone; CPU iPhone OS {version} like Mac OS X"
        return f"Mozilla/5.0 ({system}) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
    model = phone.model.split(" ", 1)[-1]
    system = f"Linux; Android {max(phone.version, 10)}; {model} Build/TKQ1; wv"
    webkit = "AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36"
    return f"Mozilla/5.0 ({system}) {webkit}"


def nameless_agent(draw: Random, system: str, now: datetime) -> str:
    """What a browser or a system's networking says that names no handset."""
    major = BROWSER_FIRST_MAJOR + (now - APP_FIRST_RELEASE) // BROWSER_RELEASE_EVERY
    if system == "iOS":
        safari = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
        mobile = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X)"
        return draw.choice(
            (
                "UWallet/512 CFNetwork/1496.0.7 Darwin/23.5.0",
                f"{mobile} {safari} Mobile/15E148",
                f"{mobile} {safari} Version/17.5 Mobile/15E148 Safari/604.1",
            )
        )
    reduced = f"AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{major}.0.0.0 Mobile Safari/537.36"
    return draw.choice(
        (
            f"Mozilla/5.0 (Linux; Android 10; K) {reduced}",
            "Dalvik/2.1.0 (Linux; U; Android 13)",
            f"Mozilla/5.0 (Linux; Android 13) {reduced}",
        )
    )


def in_app_agent(phone: Handset, now: datetime) -> str:
    """The wallet's mini program inside WeChat on this phone."""
    wechat = f"MicroMessenger/8.0.{40 + (now - APP_FIRST_RELEASE) // timedelta(days=30)}"
    if phone.system == "iOS":
        system = f"iPhone; CPU iPhone OS {phone.version}_{phone.patch} like Mac OS X"
        webview = "AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
        return f"Mozilla/5.0 ({system}) {webview} {wechat} NetType/4G"
    model = phone.model.split(" ", 1)[-1]
    system = f"Linux; Android {max(phone.version, 10)}; {model} Build/TKQ1"
    webview = "AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36"
    return f"Mozilla/5.0 ({system}; wv) {webview} {wechat} NetType/WIFI"
