"""Which iOS an agent tells of, where its own number is frozen.

Since iOS 26 browsers and web views say "iPhone OS 18_6" or "18_7", as Macs say 10_15_7 for ever: it means
that version or any later one. What still tells the truth is Safari's number, an app's own, and the kernel's.
"""

from __future__ import annotations

import re

from secmon.devices.traits import System, Version, parse_version

# The two last numbers of 18, which say nothing. One more freeze is one more line.
_FROZEN: tuple[Version, ...] = ((18, 6), (18, 7))
_TOLD = re.compile(r"\bVersion/([0-9.]{1,20})|/iOS/([0-9.]{1,20})|;\s?iOS ([0-9.]{1,20})")
_BROWSER = re.compile(r"OS [0-9]{1,3}_[0-9_]{1,12} like Mac OS X")
_DARWIN = re.compile(r"Darwin/([0-9]{1,3})(?:\.([0-9]{1,3}))?")
_CFNETWORK = re.compile(r"CFNetwork/([0-9]{1,6})")
# Darwin 24 was iOS 18; from then on, systems are numbered by the year that comes.
_FIRST_OF_YEARS, _YEARS_AHEAD = 25, 1
_CFNETWORK_OF_26 = 3800


def ios_version(text: str, said: Version) -> tuple[System, Version]:
    """The system and its version, () where nobody knows; `said` is what stands in the system's own place."""
    if "Darwin/" in text or "CFNetwork/" in text:
        return _of_networking(text, said)
    if not _BROWSER.search(text):
        return System.IOS, said
    told = [parse_version(next(filter(None, match.groups()), "")) for match in _TOLD.finditer(text)]
    later = max((version for version in told if version[:1] >= said[:1]), default=())
    if said[:2] in _FROZEN:
        return System.IOS, later
    return System.IOS, max(said, later)


def _of_networking(text: str, said: Version) -> tuple[System, Version]:
    """The system's networking names its kernel. On a Mac it names the processor as well."""
    system = System.MACOS if "(x86_64)" in text else System.IOS
    darwin = _DARWIN.search(text)
    if darwin is not None and int(darwin[1]) >= _FIRST_OF_YEARS:
        return system, parse_version(f"{int(darwin[1]) + _YEARS_AHEAD}.{darwin[2] or 0}")
    network = _CFNETWORK.search(text)
    if darwin is None and network is not None and int(network[1]) >= _CFNETWORK_OF_26:
        return system, (_FIRST_OF_YEARS + _YEARS_AHEAD,)
    return system, said if system is System.IOS else ()
