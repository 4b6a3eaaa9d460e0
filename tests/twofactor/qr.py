"""Reads a QR code back out of its SVG, by ISO/IEC 18004 and without the library that drew it.

Only what a drawn, undamaged code of our size needs: versions 7 to 9, levels M and Q, bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

QUIET_ZONE = 4
FORMAT_MASK = 0b101010000010010
LEVELS = {0b00: "M", 0b11: "Q"}
# Table 9: data codewords of each block.
BLOCKS = {
    (7, "M"): [31] * 4,
    (7, "Q"): [14] * 2 + [15] * 4,
    (8, "M"): [38] * 2 + [39] * 2,
    (8, "Q"): [18] * 4 + [19] * 2,
    (9, "M"): [36] * 3 + [37] * 2,
    (9, "Q"): [16] * 4 + [17] * 4,
}
ALIGNED = {7: (6, 22, 38), 8: (6, 24, 42), 9: (6, 26, 46)}
# Table 10, for row i and column j.
MASKS = [
    lambda i, j: (i + j) % 2,
    lambda i, j: i % 2,
    lambda i, j: j % 3,
    lambda i, j: (i + j) % 3,
    lambda i, j: (i // 2 + j // 3) % 2,
    lambda i, j: i * j % 2 + i * j % 3,
    lambda i, j: (i * j % 2 + i * j % 3) % 2,
    lambda i, j: ((i + j) % 2 + i * j % 3) % 2,
]

Matrix = list[list[int]]


def read(svg: str) -> str:
    """The text in the QR code that `svg` draws."""
    matrix = _matrix(svg)
    version = (len(matrix) - 17) // 4
    level, mask = _format(matrix)
    bits = [matrix[i][j] ^ (not MASKS[mask](i, j)) for i, j in _data_modules(version)]
    codewords = [int("".join(map(str, map(int, bits[k : k + 8]))), 2) for k in range(0, len(bits) - 7, 8)]
    return _text(_deinterleaved(codewords, BLOCKS[version, level]))


def _matrix(svg: str) -> Matrix:
    path = re.search(r'<path[^>]*class="qrline"[^>]* d="([^"]*)"', svg)
    width = re.search(r'viewBox="0 0 (\d+) ', svg) or re.search(r'width="(\d+)"', svg)
    scale = re.search(r"scale\((\d+)\)", svg)
    assert path
    assert width
    size = int(width[1]) // (int(scale[1]) if scale else 1) - 2 * QUIET_ZONE
    matrix = [[0] * size for _ in range(size)]
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([^Mmh]*)", path[1]):
        given = [float(number) for number in numbers.split()]
        if command == "M":
            x, y = given
        elif command == "m":
            x, y = x + given[0], y + given[1]
        else:
            for column in range(int(x), int(x + given[0])):
                matrix[int(y) - QUIET_ZONE][column - QUIET_ZONE] = 1
            x += given[0]
    return matrix


def _format(matrix: Matrix) -> tuple[str, int]:
    """Level and mask from the five data bits beside the upper left finder (§7.9)."""
    found = int("".join(str(matrix[8][column]) for column in range(5)), 2) ^ FORMAT_MASK >> 10
    return LEVELS[found >> 3], found & 0b111


def _data_modules(version: int) -> Iterator[tuple[int, int]]:
    """Up and down in columns of two from the lower right, around the function patterns (§7.7.3)."""
    size, upwards = 17 + 4 * version, True
    for right in (*range(size - 1, 6, -2), 5, 3, 1):
        for i in range(size - 1, -1, -1) if upwards else range(size):
            yield from ((i, j) for j in (right, right - 1) if not _is_function(i, j, version))
        upwards = not upwards


def _is_function(i: int, j: int, version: int) -> bool:
    size = 17 + 4 * version
    finders = (i < 9 and (j < 9 or j >= size - 8)) or (i >= size - 8 and j < 9)
    versions = (i < 6 and size - 11 <= j < size - 8) or (j < 6 and size - 11 <= i < size - 8)
    return finders or versions or 6 in (i, j) or _is_alignment(i, j, version)


def _is_alignment(i: int, j: int, version: int) -> bool:
    centres, last = ALIGNED[version], ALIGNED[version][-1]
    return any(
        abs(i - row) <= 2 and abs(j - column) <= 2
        for row in centres
        for column in centres
        if (row, column) not in {(6, 6), (6, last), (last, 6)}
    )


def _deinterleaved(codewords: list[int], lengths: list[int]) -> bytes:
    blocks: list[list[int]] = [[] for _ in lengths]
    stream = iter(codewords)
    for position in range(max(lengths)):
        for block, length in zip(blocks, lengths, strict=True):
            if position < length:
                block.append(next(stream))
    return bytes(codeword for block in blocks for codeword in block)


def _text(data: bytes) -> str:
    bits = "".join(f"{byte:08b}" for byte in data)
    assert bits[:4] == "0100", "not in byte mode"
    length = int(bits[4:12], 2)
    return bytes(int(bits[12 + 8 * k : 20 + 8 * k], 2) for k in range(length)).decode()
