"""Is this a device that the account is known to use?"""

from enum import StrEnum


class Recognition(StrEnum):
    FIRST = "first"
    KNOWN = "known"
    UPDATED = "updated"
    NEW = "new"
    MISMATCHED = "mismatched"
