"""Is this one of the owner's devices, and is it one at all?"""

from secmon.risk.levels import Level
from secmon.risk.recognition import Recognition
from secmon.risk.signals import Evidence, Facts, SignalCode
from secmon.risk.view import View

# With this many logins learnt, another device is half the evidence that it is in the long run.
LOGINS_HALF_KNOWN = 0.5
# People open another browser far more often than they buy a phone.
BROWSER = 0.5
# The owner's model, city and carrier can be copied, the very address of the owner's home cannot.
ON_OWN_ADDRESS = 0.5


def recognised(view: View) -> Evidence | None:
    """`new_device`, `new_install_of_known_model` or `mismatched_device`; at most one of them."""
    if view.login.on_known_device:
        return None
    match view.login.recognition:
        case Recognition.MISMATCHED:
            return Evidence(SignalCode.MISMATCHED_DEVICE, facts=_named(view))
        case Recognition.NEW if view.login.new_install_of_known_model:
            own_address = view.times_shown(Level.ADDRESS) > 0
            return Evidence(SignalCode.NEW_INSTALL, ON_OWN_ADDRESS if own_address else 1.0, _named(view))
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
