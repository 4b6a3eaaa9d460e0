"""Which methods prove that whoever logs in is the owner? The table behind challenges and `amr` alike.

What a thief of the password has, or can look up, proves nothing. What only unlocks the phone in hand does not
either: the thief's phone opens to the thief's face.
"""

from collections.abc import Collection

# RFC 8176 §2: possession of something besides the password. `mfa` says that there was such a thing.
POSSESSION_METHODS = frozenset({"otp", "hwk", "swk", "sc", "sms", "tel", "mfa", "pop"})
# Those of them that went to the phone number, which an attacker may just have moved.
PHONE_METHODS = frozenset({"sms", "tel"})
# A number whose SIM card was replaced, or that was given to somebody else, proves nothing so long.
SIM_IS_NEW_S = 72 * 3600
# The owner's body: a proof where the wallet compares it with what it holds of the owner, and nowhere else.
BIOMETRIC_METHODS = frozenset({"face", "fpt", "iris", "retina", "vbm"})


def proving(
    methods: Collection[str], *, server_side_biometrics: bool, phone_codes: bool = True
) -> frozenset[str]:
    """Those of the methods (names of RFC 8176) that prove, by what the policy says of the wallet."""
    accepted = POSSESSION_METHODS | BIOMETRIC_METHODS if server_side_biometrics else POSSESSION_METHODS
    return accepted.intersection(methods) - (frozenset() if phone_codes else PHONE_METHODS)
