"""Reads a QR code as a phone does: off the picture, by a reader that knows nothing of how it was drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import zxingcpp
from numpy.typing import NDArray

DARK, LIGHT = 0, 255

Picture = NDArray[np.uint8]


def read(svg: str) -> str:
    """The text in the one QR code that `svg` shows, dark on light."""
    qr_codes = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    (code,) = zxingcpp.read_barcodes(_picture(svg), qr_codes, try_invert=False)
    return code.bytes.decode()


def _picture(svg: str) -> Picture:
    """As it is seen on a dark page: a white rectangle, and black strokes of one module on it."""
    drawn = re.fullmatch(
        r'<svg [^>]*width="(\d+)" height="\1"[^>]*><g transform="scale\((\d+)\)">'
        r'<path fill="#fff" d="M0 0h(\d+)v\3h-\3z"/><path [^>]*stroke="#000" d="([^"]*)"/></g></svg>',
        svg,
    )
    assert drawn is not None, "another drawing than this reads"
    size, scale, light = (int(number) for number in drawn.groups()[:3])
    picture = np.full((size, size), DARK, np.uint8)
    picture[: light * scale, : light * scale] = LIGHT
    for row, left, right in _strokes(drawn[4]):
        picture[row * scale : (row + 1) * scale, left * scale : right * scale] = DARK
    return picture


def _strokes(path: str) -> Iterator[tuple[int, int, int]]:
    """The row, and from where to where, of each horizontal stroke; its middle is what the path follows."""
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([^Mmh]*)", path):
        given = [float(number) for number in numbers.split()]
        if command == "h":
            yield int(y), int(x), int(x + given[0])
            x += given[0]
        else:
            x, y = (given[0], given[1]) if command == "M" else (x + given[0], y + given[1])
