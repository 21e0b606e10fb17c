"""PNG files made small without changing a pixel: few colours become a palette, and alpha goes where nothing shows it.

The engine writes every picture as four bytes a pixel, each row as differences to the pixel on its left. What is
written otherwise is left as it is.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
from zlib_ng import zlib_ng

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
# Eight bits a channel, red, green, blue and alpha, not interlaced; and the two kinds that we write.
_RGBA: Final = (8, 6, 0, 0, 0)
_RGB, _PALETTE = (8, 2, 0, 0, 0), (8, 3, 0, 0, 0)
# How a row is stored: as it is, or as differences to the left.
_PLAIN, _LEFT = 0, 1
_MAX_COLOURS: Final = 256
# Level 9 saves another twentieth and takes twice the time (209 pictures, November 2026).
_LEVEL: Final = 6

Pixels: TypeAlias = npt.NDArray[np.uint8]


def shrink_png(data: bytes, step: int = 1) -> bytes:
    """Return a smaller file with the same pixels, or the same file where there is none.

    With a step, a divisor of 255, the channels at edges are rounded to multiples of it: smaller, and flat colours stay.
    """
    chunks = dict(_read_chunks(data))
    width, height, *kind = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    pixels = _read_pixels(zlib_ng.decompress(chunks[b"IDAT"]), width, height) if tuple(kind) == _RGBA else None
    if pixels is None or not _is_opaque(pixels):
        return data
    packed = _pack(pixels)
    if step > 1:
        packed = _round_edges(packed, pixels, step)
    colours = _list_colours(packed)
    if len(colours) <= _MAX_COLOURS:
        palette = {
            b"PLTE": np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=-1).astype(np.uint8).tobytes()
        }
        kind, stored, rows = list(_PALETTE), _PLAIN, _number(packed, colours)
    else:
        palette, kind, stored, rows = {}, list(_RGB), _LEFT, _subtract_left(pixels[..., :3])
    raw = zlib.compress(_begin_rows(rows, stored), _LEVEL if step == 1 else 9)
    head = {b"IHDR": struct.pack(">IIBBBBB", width, height, *kind)}
    rest = {name: chunk for name, chunk in chunks.items() if name not in {b"IHDR", b"IDAT", b"IEND"}}
    return _write_chunks(head | rest | palette | {b"IDAT": raw, b"IEND": b""})


def _begin_rows(rows: Pixels, stored: int) -> memoryview:
    """Put before each row how it is stored; return all of their bytes."""
    begun = np.empty((len(rows), rows.shape[1] + 1), np.uint8)
    begun[:, 0], begun[:, 1:] = stored, rows
    return begun.data


def _read_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield name and content of each part of a file; parts of the pixels that follow each other as one."""
    place, pixels = len(_SIGNATURE), b""
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        name, content = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        place += length + 12
        if name == b"IDAT":
            pixels += content
        else:
            yield name, content
    yield b"IDAT", pixels


def _write_chunks(chunks: dict[bytes, bytes]) -> bytes:
    parts = [
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks.items()
    ]
    return _SIGNATURE + b"".join(parts)


def _read_pixels(raw: bytes, width: int, height: int) -> Pixels | None:
    """Return height × width × 4 bytes; None where a row is stored in another way than as differences to the left."""
    rows = np.frombuffer(raw, np.uint8).reshape(height, width * 4 + 1)
    if (rows[:, 0] != _LEFT).any():
        return None
    pixels: Pixels = np.add.accumulate(rows[:, 1:].reshape(height, width, 4), axis=1, dtype=np.uint8)
    return pixels


def _is_opaque(pixels: Pixels) -> bool:
    """Tell whether no pixel lets anything through: all of their four bytes at once have all bits of alpha in common."""
    common: np.uint32 = np.bitwise_and.reduce(pixels.view(np.uint32), axis=None)
    return common.tobytes()[3] == 255


def _subtract_left(pixels: Pixels) -> Pixels:
    """Return height × bytes of a row, each as its difference to the pixel on the left."""
    left = np.zeros_like(pixels)
    left[:, 1:] = pixels[:, :-1]
    return (pixels - left).reshape(len(pixels), -1)


def _round_edges(packed: npt.NDArray[Any], pixels: Pixels, step: int) -> npt.NDArray[Any]:
    """Round the channels of pixels at edges to multiples of a step; those between two of their own colour stay."""
    edge = np.ones(packed.shape, bool)
    same = packed[:, 1:] == packed[:, :-1]
    edge[:, 1:-1] = ~(same[:, 1:] & same[:, :-1])
    rounded = _pack(((pixels.astype(np.uint16) + step // 2) // step * step).astype(np.uint8))
    return np.where(edge, rounded, packed)


def _pack(pixels: Pixels) -> npt.NDArray[Any]:
    """Return each pixel's colour as one number, without its alpha: its four bytes as they lie are such a number."""
    return np.ascontiguousarray(pixels).view(">u4")[..., 0].astype(np.uint32) >> 8


def _list_colours(packed: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the distinct colours, ascending: only where a pixel differs from the one before can there be a new one."""
    line = packed.ravel()
    return np.unique(np.append(line[1:][line[1:] != line[:-1]], line[0]))


def _number(packed: npt.NDArray[Any], colours: npt.NDArray[Any]) -> Pixels:
    """Return each pixel's place among the colours, by a table of all that there could be."""
    places = np.zeros(1 << 24, np.uint8)
    places[colours] = np.arange(len(colours), dtype=np.uint8)
    numbered: Pixels = places[packed]
    return numbered
