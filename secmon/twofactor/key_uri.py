"""What an authenticator app is given: Google's key URI, and the same as a QR code.

Format: https://github.com/google/google-authenticator/wiki/Key-Uri-Format
"""

from __future__ import annotations

import base64
import io
from urllib.parse import quote, urlencode

import segno

from secmon.twofactor.codes import TotpParameters

PIXELS_A_MODULE = 6


def secret_text(seed: bytes) -> str:
    """The seed in base32 without padding, as people type it."""
    return base64.b32encode(seed).decode().rstrip("=")


def key_uri(seed: bytes, issuer: str, account: str, parameters: TotpParameters) -> str:
    """`otpauth://totp/issuer:account?…`; a parameter is named even where it is the default."""
    label = f"{quote(issuer, safe='')}:{quote(account, safe='')}"
    query = {
        "secret": secret_text(seed),
        "issuer": issuer,
        "algorithm": parameters.algorithm.value,
        "digits": parameters.digits,
        "period": parameters.period,
    }
    return f"otpauth://totp/{label}?{urlencode(query, quote_via=quote)}"


def qr_svg(uri: str) -> str:
    """The URI as a QR code (ISO/IEC 18004, error correction M): one SVG element, black on white."""
    drawn = io.BytesIO()
    segno.make_qr(uri, error="m").save(drawn, kind="svg", xmldecl=False, scale=PIXELS_A_MODULE, light="#fff")
    return drawn.getvalue().decode().strip()
