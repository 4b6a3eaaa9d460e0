"""The shape of a pair."""

from typing import NamedTuple

from secmon.risk.login import Recognition

KNOWN, UPDATED, NEW, MISMATCHED = (
    Recognition.KNOWN,
    Recognition.UPDATED,
    Recognition.NEW,
    Recognition.MISMATCHED,
)


class Login(NamedTuple):
    """A user agent, and the install id that came with it."""

    user_agent: str
    device_id: str | None = None


class Pair(NamedTuple):
    """`reinstall`: the weaker signal, a new install on a model that is known."""

    why: str
    before: Login
    now: Login
    expected: Recognition
    reinstall: bool = False


def install(why: str, before: str, now: str, expected: Recognition) -> Pair:
    """Both logins carry one install id."""
    return Pair(why, Login(before, "ins-1"), Login(now, "ins-1"), expected)


def second_install(why: str, before: str, now: str, *, reinstall: bool) -> Pair:
    """The second login carries an install id never seen."""
    return Pair(why, Login(before, "ins-1"), Login(now, "ins-2"), NEW, reinstall)


def browser(why: str, before: str, now: str, expected: Recognition) -> Pair:
    """Neither login names an install."""
    return Pair(why, Login(before), Login(now), expected)
