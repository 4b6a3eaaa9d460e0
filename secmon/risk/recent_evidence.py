"""What happened around this login: failures, changes of credentials, other accounts, the owner's word."""

from collections.abc import Callable

from secmon.risk.levels import Level
from secmon.risk.proofs import PHONE_METHODS, SIM_IS_NEW_S
from secmon.risk.recent import Entry, mark_of
from secmon.risk.signals import Evidence, SignalCode
from secmon.risk.view import View

# Sharing a /24 with whoever failed, or was reported, says less than being the same address or device.
SAME_NETWORK_ONLY = 0.6
# An address may serve a family or a carrier's thousands. Of the accounts that came through it lately, this
# share failing is people's typing, and nothing; from the other on it is what an attacker makes of it.
TYPING_SHARE, ATTACKED_SHARE = 0.2, 0.5
# Whoever comes for the first time is proven or asked, whatever the address has done.
AT_FIRST_LOGIN = 0.6
# Wrong passwords before a right one on the owner's own device: rather the owner's fingers.
TYPING_ERRORS = 0.5
# A browser is known by looks that a stranger's may share; on a prefix new to the owner it may be one.
LIKE_A_KNOWN_BROWSER = 0.5
# Addresses change hands; after this long a "not me" says nothing any more.
REPORT_FADES_IN_SECONDS = 180 * 86_400


def failures_before_success(view: View) -> Evidence | None:
    """Several wrong passwords shortly before a right one."""
    if not view.login.success or not view.profile.failures:
        return None
    since = view.seconds - view.limits.failures_window_minutes * 60
    wrong = sum(1 for at, _, password in view.profile.failures if password and since <= at <= view.seconds)
    if wrong >= view.limits.failures_before_success:
        amount = TYPING_ERRORS if view.login.on_known_device else 1.0
        return Evidence(SignalCode.FAILURES_BEFORE_SUCCESS, amount, {"failures": wrong})
    return None


def account_under_attack(view: View) -> Evidence | None:
    """Failures on this account from several networks."""
    if not view.profile.failures:
        return None
    since = view.seconds - view.limits.attack_window_minutes * 60
    networks = {network for at, network, _ in view.profile.failures if since <= at <= view.seconds}
    if len(networks) >= view.limits.attacking_networks:
        return Evidence(SignalCode.ACCOUNT_UNDER_ATTACK, facts={"networks": len(networks)})
    return None


def source_under_suspicion(view: View) -> Evidence | None:
    """The same address, prefix or device has just failed on many other accounts, and on most that tried."""
    tallies, limit = view.tallies, view.limits.suspicious_source_accounts
    by_ip, by_network = tallies.failed_accounts_by_ip, tallies.failed_accounts_by_network
    by_device = tallies.failed_accounts_by_device
    amount = max(
        _failing(by_ip, tallies.entered_accounts_by_ip, limit),
        _failing(by_device, 0, limit),
        SAME_NETWORK_ONLY * _failing(by_network, tallies.entered_accounts_by_network, limit),
    )
    if not amount:
        return None
    if view.profile.is_empty:
        amount = min(amount, AT_FIRST_LOGIN)
    facts = {"accounts": max(by_ip, by_network, by_device)}
    return Evidence(SignalCode.SOURCE_UNDER_SUSPICION, amount, facts)


def _failing(failed: int, entered: int, limit: int) -> float:
    """How far a source's failures are more than its people's, from 0 to 1."""
    share = failed / (failed + entered) if failed else 0.0
    if failed < limit or share < TYPING_SHARE:
        return 0.0
    return min(1.0, share / ATTACKED_SHARE)


def recent_recovery(view: View) -> Evidence | None:
    """The password was recovered within a day, and the device is not one known from before."""
    return _recent_change(view, SignalCode.RECENT_RECOVERY, lambda change: change[2] == "recovery")


def recent_phone_change(view: View) -> Evidence | None:
    """The phone number was changed within a day, and the device is not one known from before."""
    return _recent_change(view, SignalCode.RECENT_PHONE_CHANGE, lambda change: change[1] == "phone")


def dormant_account(view: View) -> Evidence | None:
    """The first login after a long silence."""
    before = view.latest_before()
    if before is None:
        return None
    days = (view.seconds - before) / 86_400
    if days > view.limits.dormant_days:
        return Evidence(SignalCode.DORMANT_ACCOUNT, facts={"days": int(days)})
    return None


def failed_challenge(view: View) -> Evidence | None:
    """A challenge was failed from this device or network within a day."""
    since = view.seconds - view.limits.failed_challenge_hours * 3600
    marks = [mark for mark in view.profile.challenges_failed if since <= mark[0] <= view.seconds]
    device = mark_of(view.login.device_key)
    if device and any(mark[1] == device for mark in marks):
        return Evidence(SignalCode.FAILED_CHALLENGE, facts={"same": "device"})
    if view.login.network and any(mark[2] == view.login.network for mark in marks):
        return Evidence(SignalCode.FAILED_CHALLENGE, SAME_NETWORK_ONLY, {"same": "network"})
    return None


def reported_by_owner(view: View) -> Evidence | None:
    """The owner said "not me" of this device or source; fades with the months."""
    strongest: Evidence | None = None
    for at, *mark in view.profile.reported:
        left = 1.0 - max(0, view.seconds - at) / REPORT_FADES_IN_SECONDS
        same, amount = _same_as_reported(view, mark)
        if left > 0 and amount and (strongest is None or amount * left > strongest.amount):
            strongest = Evidence(SignalCode.REPORTED_BY_OWNER, amount * left, {"same": same})
    return strongest


def _same_as_reported(view: View, mark: Entry) -> tuple[str, float]:
    """In a network that is the owner's own the very address counts, if it is not the owner's too."""
    device, network, *address = mark
    if device and device == mark_of(view.login.device_key):
        return "device", 1.0
    if not network or network != view.login.network:
        return "", 0.0
    if not view.times_shown(Level.PREFIX):
        return "network", SAME_NETWORK_ONLY
    same_address = address == [mark_of(view.login.ip)] and not view.times_shown(Level.ADDRESS)
    return "network", SAME_NETWORK_ONLY if same_address else 0.0


def proven(view: View) -> Evidence | None:
    """A second factor came along; one sent to a number that was just changed proves nothing."""
    if not view.proofs:
        return None
    if view.proofs <= PHONE_METHODS and _number_is_new(view):
        return None
    return Evidence(SignalCode.PROVEN)


def _number_is_new(view: View) -> bool:
    """The number was changed lately, or the SIM card behind it."""
    if _changes(view, lambda change: change[1] == "phone"):
        return True
    since = view.seconds - SIM_IS_NEW_S
    return any(change[1] == "sim" and since <= change[0] <= view.seconds for change in view.profile.changes)


def _changes(view: View, wanted: Callable[[Entry], bool]) -> list[Entry]:
    since = view.seconds - view.limits.credential_change_hours * 3600
    return [
        change for change in view.profile.changes if since <= change[0] <= view.seconds and wanted(change)
    ]


def _recent_change(view: View, code: SignalCode, wanted: Callable[[Entry], bool]) -> Evidence | None:
    # A first login has no device to differ from: its owner may well have begun by recovering the password.
    if not view.profile.changes or view.profile.is_empty:
        return None
    changes = _changes(view, wanted)
    if not changes:
        return None
    at = changes[-1][0]
    amount = _strangeness(view, at)
    return Evidence(code, amount, {"minutes": (view.seconds - at) // 60}) if amount else None


def _strangeness(view: View, changed_at: int) -> float:
    """How far this is from a device known before the change, from 0 to 1."""
    first_seen = view.profile.first_seen.get(view.login.device_key or "")
    if not view.login.on_known_device or first_seen is None or first_seen >= changed_at:
        return 1.0
    if view.login.named_install or not view.is_new(Level.PREFIX):
        return 0.0
    return LIKE_A_KNOWN_BROWSER
