"""PNG files are made small without changing a pixel."""

import struct
import zlib

import numpy as np
import pytest
import vl_convert

from generator.figures.png import shrink_png

RED, GREEN, CLEAR = (255, 0, 0, 255), (0, 128, 0, 255), (0, 0, 0, 0)
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def write_png(pixels: np.ndarray, *, row_kind: int = 1) -> bytes:
    """Write height × width × 4 bytes as the engine does: each row as differences to the left, or as it is."""
    stored = np.diff(pixels, axis=1, prepend=np.zeros_like(pixels[:, :1])) if row_kind == 1 else pixels
    rows = np.insert(stored.reshape(len(pixels), -1), 0, row_kind, axis=1)
    head = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 8, 6, 0, 0, 0)
    chunks = {b"IHDR": head, b"pHYs": bytes(9), b"IDAT": zlib.compress(rows.tobytes()), b"IEND": b""}
    return SIGNATURE + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks.items()
    )


def read_png(data: bytes) -> tuple[int, list[list[tuple[int, ...]]]]:
    """Read the kind of colour and the rows of pixels of a file with plain rows or differences to the left."""
    chunks, place = {}, len(SIGNATURE)
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        name, content = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        assert struct.unpack_from(">I", data, place + 8 + length)[0] == zlib.crc32(name + content)
        chunks[name], place = content, place + length + 12
    width, height, _, kind = struct.unpack_from(">IIBB", chunks[b"IHDR"])
    size, raw, rows = {2: 3, 3: 1, 6: 4}[kind], zlib.decompress(chunks[b"IDAT"]), []
    for number in range(height):
        line = raw[number * (width * size + 1) : (number + 1) * (width * size + 1)]
        values = list(line[1:])
        for position in range(size, len(values) if line[0] == 1 else 0):
            values[position] = (values[position] + values[position - size]) % 256
        rows.append([tuple(values[start : start + size]) for start in range(0, len(values), size)])
    if kind == 3:
        rows = [[tuple(chunks[b"PLTE"][3 * place : 3 * place + 3]) for (place,) in row] for row in rows]
    return kind, rows


def test_few_colours_become_a_palette() -> None:
    """A byte a pixel instead of four; the pixels and the density in the file stay."""
    picture = np.array([[RED, RED, GREEN], [GREEN, RED, RED]], dtype=np.uint8)
    small = shrink_png(write_png(picture))
    red, green = RED[:3], GREEN[:3]
    assert read_png(small) == (3, [[red, red, green], [green, red, red]])
    assert b"pHYs" in small


@pytest.mark.parametrize(("colours", "kind"), [(256, 3), (257, 2)])
def test_a_palette_has_at_most_256_colours(colours: int, kind: int) -> None:
    """Beyond, the pixels stay as they are and lose only the alpha that nothing shows."""
    numbers = np.arange(colours)
    line = np.stack([numbers % 256, numbers // 256, numbers * 7 % 256, np.full(colours, 255)], axis=-1)
    picture = np.stack([line, line[::-1]]).astype(np.uint8)
    expected = [[tuple(pixel[:3]) for pixel in row] for row in picture.tolist()]
    assert read_png(shrink_png(write_png(picture))) == (kind, expected)


def test_what_shows_through_stays() -> None:
    """A file with alpha is left as it is."""
    data = write_png(np.array([[RED, CLEAR]], dtype=np.uint8))
    assert shrink_png(data) == data


def test_another_kind_of_row_stays() -> None:
    """A file whose rows are stored otherwise than the engine does is left as it is, not misread."""
    data = write_png(np.array([[RED, GREEN]], dtype=np.uint8), row_kind=0)
    assert shrink_png(data) == data


def test_the_engine_writes_what_can_be_made_small() -> None:
    """A real drawing with smoothed letters: the same pixels, in less than half the bytes."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40"><rect width="90" height="40" fill="#fff"/>'
        '<text x="5" y="25" font-size="18" fill="#c33">Shares</text></svg>'
    )
    drawn = bytes(vl_convert.svg_to_png(svg, scale=2))
    small = shrink_png(drawn)
    assert [[pixel[:3] for pixel in row] for row in read_png(drawn)[1]] == read_png(small)[1]
    assert len(small) < len(drawn) / 2
