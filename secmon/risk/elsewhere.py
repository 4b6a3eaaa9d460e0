"""A known device where its owner has never been: the owner on a journey, or a copy of what it is known by.

An install's id and its agent can be copied, so a device alone does not say which of the two it is. Nobody is
challenged for it alone, but the owner is told, and it teaches nothing until something proves it.
"""

from collections.abc import Iterable

from secmon.risk.levels import Level
from secmon.risk.signals import Evidence, SignalCode
from secmon.risk.view import View


def elsewhere(view: View, found: Iterable[Evidence]) -> bool:
    """On a known device: in a country, or through an anonymizer, that is new to the owner; or beyond doubt
    faster than anybody travels. The operator's own networks are nowhere else.
    """
    if not view.login.on_known_device or view.in_trusted_network:
        return False
    if view.login.anonymizer:
        return not view.times_shown(Level.EXIT)
    return view.is_new(Level.COUNTRY) or any(
        one.code is SignalCode.IMPOSSIBLE_TRAVEL and one.amount >= 1.0 for one in found
    )
