"""Catalogues of translations: read from text files when a language is opened, never compiled to a file."""

import gettext
import io
import re
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES: Final = Path(__file__).with_name("locales")
# Messages as they stand in the sources.
SOURCE: Final = "en"
_DOMAIN: Final = "oms"
# Around what is said as the sources say it; none of them is in any text that passed an encoder.
ENGLISH: Final = "\ue000"
END: Final = "\ue001"
_UNMARKED: Final = str.maketrans({ENGLISH: None, END: None})
_PLACE: Final = re.compile(r"{[^}]*}|%\(\w+\)s")


def name_catalogue(code: str, folder: Path = LOCALES) -> Path:
    """Return where the catalogue of a language is."""
    return folder / code / "LC_MESSAGES" / f"{_DOMAIN}.po"


def name_template(folder: Path = LOCALES) -> Path:
    """Return where the messages stand that are to be translated."""
    return folder / f"{_DOMAIN}.pot"


def list_languages(folder: Path = LOCALES) -> list[str]:
    """List the codes of all languages that have a catalogue."""
    return sorted(path.parent.parent.name for path in folder.glob(f"*/LC_MESSAGES/{_DOMAIN}.po"))


def read_catalogue(path: Path, code: str | None = None) -> Catalog:
    """Read a catalogue or the template; every message keeps its line.

    Raises:
        babel.messages.pofile.PoFileError: it is no such file.
    """
    with path.open("rb") as file:
        return read_po(file, locale=code, abort_invalid=True)


def unmark(text: str) -> str:
    """Take the marks out of a text: where no element can stand, and from what strangers wrote."""
    return text.translate(_UNMARKED)


class _Marked(gettext.NullTranslations):
    """Says what is not translated in English, between marks; what has no letters is in no language."""

    def gettext(self, message: str) -> str:
        return f"{ENGLISH}{message}{END}" if any(map(str.isalpha, _PLACE.sub("", message))) else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@cache
def open_catalogue(code: str, *, marks: bool = False) -> gettext.NullTranslations:
    """Open the translations of a language; what is uncertain, or not translated, is said as the sources say it.

    With `marks` it stands between marks then, for a page to say that it is English.
    """
    path, fallback = name_catalogue(code), _Marked() if marks else gettext.NullTranslations()
    if not path.is_file():
        return fallback
    catalogue, compiled = read_catalogue(path, code), io.BytesIO()
    for message in [each for each in catalogue if isinstance(each.string, tuple | list) and not all(each.string)]:
        catalogue.delete(message.id)  # else its English forms are compiled as a translation
    write_mo(compiled, catalogue)
    compiled.seek(0)
    found = gettext.GNUTranslations(compiled)
    found.add_fallback(fallback)
    return found
