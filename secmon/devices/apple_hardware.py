"""Apple's hardware identifiers and the names on the box.

One that is missing is shown as it is.
"""

from datetime import date

# When somebody last compared this with what Apple sells.
CHECKED = date(2026, 11, 30)

_PHONES = {
    "8,4": "SE",
    "9,1": "7",
    "9,2": "7 Plus",
    "9,3": "7",
    "9,4": "7 Plus",
    "10,1": "8",
    "10,2": "8 Plus",
    "10,3": "X",
    "10,4": "8",
    "10,5": "8 Plus",
    "10,6": "X",
    "11,2": "XS",
    "11,4": "XS Max",
    "11,6": "XS Max",
    "11,8": "XR",
    "12,1": "11",
    "12,3": "11 Pro",
    "12,5": "11 Pro Max",
    "12,8": "SE (2nd generation)",
    "13,1": "12 mini",
    "13,2": "12",
    "13,3": "12 Pro",
    "13,4": "12 Pro Max",
    "14,2": "13 Pro",
    "14,3": "13 Pro Max",
    "14,4": "13 mini",
    "14,5": "13",
    "14,6": "SE (3rd generation)",
    "14,7": "14",
    "14,8": "14 Plus",
    "15,2": "14 Pro",
    "15,3": "14 Pro Max",
    "15,4": "15",
    "15,5": "15 Plus",
    "16,1": "15 Pro",
    "16,2": "15 Pro Max",
    "17,1": "16 Pro",
    "17,2": "16 Pro Max",
    "17,3": "16",
    "17,4": "16 Plus",
    "17,5": "16e",
    "18,1": "17 Pro",
    "18,2": "17 Pro Max",
    "18,3": "17",
    "18,4": "Air",
    "18,5": "17e",
}

# Two identifiers a model: with and without mobile data. The Pros before 2024 have four.
_TABLETS = {
    ("7,11", "7,12"): "(7th generation)",
    ("11,1", "11,2"): "mini (5th generation)",
    ("11,3", "11,4"): "Air (3rd generation)",
    ("11,6", "11,7"): "(8th generation)",
    ("12,1", "12,2"): "(9th generation)",
    ("13,1", "13,2"): "Air (4th generation)",
    ("13,4", "13,5", "13,6", "13,7"): "Pro 11-inch (3rd generation)",
    ("13,8", "13,9", "13,10", "13,11"): "Pro 12.9-inch (5th generation)",
    ("13,16", "13,17"): "Air (5th generation)",
    ("13,18", "13,19"): "(10th generation)",
    ("14,1", "14,2"): "mini (6th generation)",
    ("14,3", "14,4"): "Pro 11-inch (4th generation)",
    ("14,5", "14,6"): "Pro 12.9-inch (6th generation)",
    ("14,8", "14,9"): "Air 11-inch (M2)",
    ("14,10", "14,11"): "Air 13-inch (M2)",
    ("15,3", "15,4"): "Air 11-inch (M3)",
    ("15,5", "15,6"): "Air 13-inch (M3)",
    ("15,7", "15,8"): "(A16)",
    ("16,1", "16,2"): "mini (A17 Pro)",
    ("16,3", "16,4"): "Pro 11-inch (M4)",
    ("16,5", "16,6"): "Pro 13-inch (M4)",
    ("17,1", "17,2"): "Pro 11-inch (M5)",
    ("17,3", "17,4"): "Pro 13-inch (M5)",
}

APPLE_NAMES = {f"iPhone{number}": f"iPhone {name}" for number, name in _PHONES.items()} | {
    f"iPad{number}": f"iPad {name}" for numbers, name in _TABLETS.items() for number in numbers
}
