"""Is this where, when and with what the owner logs in?

Devices first, then networks, places and hours.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import log

from secmon.risk.counts import last_seen
from secmon.risk.levels import Level
from secmon.risk.login import Recognition
from secmon.risk.place import distance_km, is_exact, spot
from secmon.risk.profile import HOURS_A_DAY
from secmon.risk.signals import Evidence, Facts, SignalCode
from secmon.risk.view import View

DAY_SECONDS = 86_400
# With this many logins learnt, another device is half the evidence that it is in the long run.
LOGINS_HALF_KNOWN = 0.5
# People open another browser far more often than they buy a phone, and browsers forget their ids.
BROWSER = 0.5
# The owner's model, city and carrier can be copied, the very address of the owner's home cannot.
ON_OWN_ADDRESS = 0.5
# The hours of an owner are smoothed over neighbours (1/4, 1/2, 1/4) and by this many logins at any hour.
ANY_HOUR_LOGINS = 6.0
# An hour this many times less usual than chance is as unusual as it gets.
UNUSUAL_HOUR_FULL = log(6.0)
# Logins, once the wallet has them, from which on the share of a network in the population says something.
POPULATION_TO_JUDGE_RARITY = 2000
# A known handset on a network the owner uses: rather an exit that no list knows than a thief.
TRAVEL_ON_OWN_NETWORK = 0.4
FIRST_LOGIN_EXIT = 0.1
# Owners begin to use a VPN on the phone that they have; it teaches nothing until they prove it (`elsewhere`).
KNOWN_HANDSET_EXIT = 0.5
# Whoever looks the owner up finds the same VPN; that the owner uses one says little of another device on it.
UNKNOWN_DEVICE_EXIT = 0.5

# Looked up once, as in `levels`.
_ASN, _COUNTRY, _EXIT, _PREFIX = Level.ASN, Level.COUNTRY, Level.EXIT, Level.PREFIX


def recognised(view: View) -> Evidence | None:
    """`new_device`, `new_install_of_known_model` or `mismatched_device`; at most one of them."""
    if view.login.on_known_device:
        return None
    match view.login.recognition:
        case Recognition.MISMATCHED:
            return Evidence(SignalCode.MISMATCHED_DEVICE, facts=_named(view))
        case Recognition.NEW if view.login.new_install_of_known_model:
            amount = ON_OWN_ADDRESS if view.on_own_address else 1.0
            if view.login.like_a_known_browser:
                amount *= BROWSER
            return Evidence(SignalCode.NEW_INSTALL, amount, _named(view))
        case Recognition.NEW:
            kind = 1.0 if view.login.named_install else BROWSER
            return Evidence(SignalCode.NEW_DEVICE, kind * _familiarity(view), _named(view))
        case _:
            return None


def _familiarity(view: View) -> float:
    """How well the owner's devices are known: another one says less after one login than after ten."""
    # Not the total of the devices: those that were forgotten have left it.
    if view.profile.is_empty:
        # New, and not the first: the account was known, and what was known of it is gone.
        return 1.0
    logins = sum(view.profile.hours) / view.one_login
    return logins / (logins + LOGINS_HALF_KNOWN)


def trusted(view: View) -> Evidence | None:
    """The owner trusts this device; a copied `device_id` on another handset inherits nothing."""
    if view.login.trusted_device and view.login.on_known_device:
        return Evidence(SignalCode.TRUSTED_DEVICE, facts=_named(view))
    return None


def automation(view: View) -> Evidence | None:
    """A headless or scripted client."""
    if view.login.automation:
        return Evidence(SignalCode.AUTOMATION, facts={"client": view.login.client or ""})
    return None


def shared(view: View) -> Evidence | None:
    """More accounts on this device than a family has."""
    accounts = view.tallies.accounts_on_device
    if accounts >= view.limits.shared_device_accounts:
        return Evidence(SignalCode.SHARED_DEVICE, facts={"accounts": accounts})
    return None


def _named(view: View) -> Facts:
    login = view.login
    name = " ".join(part for part in (login.brand, login.model) if part)
    return {"device": name or login.client or "", "system": login.system or ""}


def new_network(view: View) -> Evidence | None:
    """A carrier or provider never seen for the owner; where nobody knows it, the address's own prefix."""
    level = _ASN if _ASN in view.values else _PREFIX
    if view.in_trusted_network or not view.is_new(level):
        return None
    # Who is always on another prefix tells little by being on another one.
    shown = len(view.profile.counts[level])
    usual = max(1.0, view.profile.totals[level] / view.one_login)
    amount = 1.0 if level is _ASN else max(0.2, 1.0 - shown / usual)
    return Evidence(SignalCode.NEW_NETWORK, amount, {"network": view.login.network or ""})


def country(view: View) -> Evidence | None:
    """`new_country` or `stale_country`."""
    value = view.values.get(_COUNTRY)
    if value is None:
        return None
    if view.is_new(_COUNTRY):
        return Evidence(SignalCode.NEW_COUNTRY, facts={"country": value})
    packed = view.profile.counts.get(_COUNTRY, {}).get(value)
    if packed is None:
        return None
    days = (view.seconds - last_seen(packed)) / DAY_SECONDS
    if days > view.limits.stale_country_days:
        return Evidence(SignalCode.STALE_COUNTRY, facts={"country": value, "days": int(days)})
    return None


def rare_network(view: View) -> Evidence | None:
    """Hardly anyone's login comes from this provider, this owner's included."""
    value = view.values.get(_ASN)
    known = view.population.totals.get(_ASN, 0.0)
    if value is None or view.in_trusted_network or known < POPULATION_TO_JUDGE_RARITY:
        return None
    share = view.population.counts.get(_ASN, {}).get(value, 0.0) / known
    if share < view.limits.rare_network_share and not view.times_shown(_ASN):
        return Evidence(SignalCode.RARE_NETWORK, facts={"network": view.login.network or ""})
    return None


def anonymizer(view: View) -> Evidence | None:
    """A VPN, proxy or Tor exit; less so the more this owner uses one."""
    if not view.login.anonymizer or view.in_trusted_network:
        return None
    # Nobody is challenged for how their first login comes alone.
    most = 1.0
    if view.profile.is_empty:
        most = FIRST_LOGIN_EXIT
    elif view.login.on_known_device and view.login.named_install:
        most = KNOWN_HANDSET_EXIT
    amount = most / (1.0 + view.times_shown(_EXIT))
    if not (view.login.on_known_device or view.profile.is_empty):
        amount = max(amount, UNKNOWN_DEVICE_EXIT)
    return Evidence(SignalCode.ANONYMIZER, amount)


def hosting_network(view: View) -> Evidence | None:
    """A data centre's network, where people do not live; less so for an owner who is often there."""
    if not view.login.hosting or view.login.anonymizer or view.in_trusted_network:
        return None
    return Evidence(SignalCode.HOSTING_NETWORK, 1.0 / (1.0 + view.times_shown(_EXIT)))


def impossible_travel(view: View) -> Evidence | None:
    """Too far from the owner's nearest login before, or after, to have been travelled in the time between."""
    if not view.place:
        return None
    for seconds, place in view.neighbours():
        if place == view.place or view.was_seen_at(_PREFIX, seconds):
            # Of one prefix it was the file that moved, not the owner.
            continue
        here, there = spot(view.place), spot(place)
        if not is_exact(there):
            continue
        apart = distance_km(here, there)
        hours = abs(view.seconds - seconds) / 3600
        if apart > view.limits.travel_distance_km and apart > view.limits.travel_speed_kmh * hours:
            first, second = (there, here) if seconds <= view.seconds else (here, there)
            facts: Facts = {
                "from": first[3],
                "to": second[3],
                "km": round(apart),
                "minutes": round(hours * 60),
            }
            at_home = view.login.on_known_device and view.times_shown(_ASN) > 0
            return Evidence(SignalCode.IMPOSSIBLE_TRAVEL, TRAVEL_ON_OWN_NETWORK if at_home else 1.0, facts)
    return None


def unusual_hour(view: View) -> Evidence | None:
    """How much rarer than chance this hour of the day (UTC) is among the owner's logins."""
    hours, one_login = view.profile.hours, view.one_login
    hour = view.seconds // 3600 % HOURS_A_DAY
    around = hours[hour - 1] / 4 + hours[hour] / 2 + hours[(hour + 1) % HOURS_A_DAY] / 4
    usual = (around / one_login * HOURS_A_DAY + ANY_HOUR_LOGINS) / (sum(hours) / one_login + ANY_HOUR_LOGINS)
    if usual >= 1.0:
        return None
    return Evidence(SignalCode.UNUSUAL_HOUR, min(1.0, -log(usual) / UNUSUAL_HOUR_FULL), {"hour_utc": hour})


def elsewhere(view: View, found: Iterable[Evidence]) -> bool:
    """On a known device: in a country, or through an anonymizer, that is new to the owner; or beyond doubt
    faster than anybody travels. The operator's own networks are nowhere else.

    It is the owner on a journey, or a copy of what the device is known by: an install's id and its agent can
    be copied. Nobody is challenged for it alone, but the owner is told, and it teaches nothing until
    something proves it.
    """
    if not view.login.on_known_device or view.in_trusted_network:
        return False
    if view.login.anonymizer:
        return not view.times_shown(Level.EXIT)
    return view.is_new(Level.COUNTRY) or any(
        one.code is SignalCode.IMPOSSIBLE_TRAVEL and one.amount >= 1.0 for one in found
    )
