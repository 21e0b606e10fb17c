"""What stands between a template and its page: every string is encoded on its way, a sentence word by word."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from markupsafe import Markup

from generator.base import encode
from generator.base.errors import SiteError
from generator.text.catalogue import END, ENGLISH

# Renders a template for the page at a path, with values.
Render: TypeAlias = Callable[[str, str, Mapping[str, Any]], str]
# Between words, and unbroken between a number and its unit.
_SPACES: Final = re.compile(f"([ \u00a0\u202f{encode.SIGNS}])")
_MARKED: Final = re.compile(f"([ \u00a0\u202f{encode.SIGNS}{ENGLISH}{END}])")


def finalize(value: object) -> object:
    """Encode a string on its way into a page; numbers pass, nothing is not shown.

    Raises:
        SiteError: a template shows None.
    """
    if value is None:
        raise SiteError("A template shows a value that is None. Test for it, and say in words what is unknown.")
    return encode.page(value) if isinstance(value, str) else value


def prose(text: str, *, marks: bool = False) -> Markup:
    """Encode a sentence of any length; unbroken spaces between numbers and units stay.

    The encoder cuts one string at 200 characters, which is meant for names; a sentence passes it word by word,
    one of Chinese phrase by phrase.
    With `marks` those around what is said in English stay: for texts of our own.
    """
    if isinstance(text, Markup):
        return text
    kept = _MARKED if marks else _SPACES
    parts = [part if kept.fullmatch(part) else encode.page(part) for part in kept.split(text) if part]
    return Markup("".join(parts))  # noqa: S704 - each word passed the encoder
