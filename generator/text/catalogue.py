"""Catalogues of translations: read from text files when a language is opened, never compiled to a file."""

import gettext
import io
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


@cache
def open_catalogue(code: str) -> gettext.NullTranslations:
    """Open the translations of a language; what is uncertain, or not translated, is said as the sources say it."""
    path = name_catalogue(code)
    if not path.is_file():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, read_catalogue(path, code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
