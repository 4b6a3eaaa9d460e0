"""Maker and model, as user agents write them."""

import re

# Makers that write their own name before the model. Redmi, POCO, Galaxy and the like are part of the model.
# fmt: off
MAKERS = frozenset({
    "asus", "google", "hisense", "honor", "huawei", "infinix", "lenovo", "lg", "meizu", "motorola", "nokia",
    "nubia", "oneplus", "oppo", "realme", "samsung", "sony", "tcl", "tecno", "vivo", "xiaomi", "zte",
})

# Words that stand where a model would, and name none. "K" is what Chrome says instead of any model since 110.
NO_MODEL = frozenset({
    "android", "harmonyos", "k", "linux", "mobile", "phone", "smartphone", "tablet", "u", "unknown", "wv",
})
# fmt: on

# A locale, a build, or a capability rather than hardware: "zh_CN", "rv:127.0", "Scale/3.00", "HMSCore 6.13".
_NOT_HARDWARE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z]{2,4}){0,2}$|[^ ]*[:/]|HMSCore\b|[0-9.]{0,5}$")
_BUILD = re.compile(r" ?(?:Build|MIUI)/")
_TABLET = re.compile(r"\b(?:MatePad|Pad|Tab|Tablet)\b|^iPad", re.IGNORECASE)

LONGEST_NAME = 48


def first_hardware(parts: list[str]) -> str:
    """The first of an agent's `;`-separated remarks that can be a device's name, or ""."""
    for part in parts:
        name = _BUILD.split(part, maxsplit=1)[0].strip()
        if name.casefold() not in NO_MODEL and not _NOT_HARDWARE.match(name):
            return name[:LONGEST_NAME]
    return ""


def maker_and_model(name: str, *, maker_first: bool) -> tuple[str | None, str | None]:
    """Split "Xiaomi 2201123C". With `maker_first`, so is "Doogee S100", whose maker is not in MAKERS."""
    words = name.split()
    brand = None
    # Android apps join MANUFACTURER and MODEL, and some makers repeat their name in both: "vivo vivo X9".
    while words and words[0].casefold() in MAKERS:
        brand = words.pop(0)
    if brand is None and maker_first and len(words) > 1:
        brand = words.pop(0)
    model = " ".join(words)
    return brand, model if model.casefold() not in NO_MODEL and model else None


def named_as_tablet(name: str) -> bool:
    """Does the hardware's name itself say that it is a tablet?"""
    return _TABLET.search(name) is not None
