"""Translations kept in step with the sources, and checked: what is wrong, where, and what was expected."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import write_po

from generator.base.files import write_if_changed
from generator.text.catalogue import list_languages, name_catalogue, name_template, read_catalogue
from generator.text.extract import extract_messages
from generator.text.translations_faults import find_faults

# Lines of the head that would change with each run, or name nobody.
_LEFT_OUT: Final = ('"POT-', '"PO-Rev', '"Generated-By:', '"Last-Tr', '"Language-Team:', '"Project-Id', '"Report-')
_WIDTH: Final = 100


@dataclass(frozen=True)
class Fault:
    """A mistake of a translation.

    Attributes:
        path: of the catalogue.
        line: where the message begins.
        text: what was found, and what was expected.
    """

    path: Path
    line: int
    text: str

    def __str__(self) -> str:
        """Say it as compilers do."""
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(frozen=True)
class State:
    """How far the translation into a language is.

    Attributes:
        code: of the language.
        messages: how many there are.
        untranslated: those that are said in English, uncertain ones among them.
        kept: how many texts of the registry are, which are no messages, by table and column.
    """

    code: str
    messages: int
    untranslated: tuple[str, ...]
    kept: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """Return the fraction that is translated."""
        return 1 - len(self.untranslated) / self.messages if self.messages else 0.0


def update_translations(root: Path, folder: Path, only: str = "") -> list[str]:
    """Extract all messages, write the template, and bring each catalogue, or that of one language, in step with it.

    A message that changed is a new one without a translation; the old one stays at the end of the file, to be copied
    from. What a person translated is never changed.

    Returns:
        The codes of the languages.
    """
    template = extract_messages(root)
    _write(name_template(folder), template)
    codes = [code for code in list_languages(folder) if only in ("", code)]
    for code in codes:
        path = name_catalogue(code, folder)
        catalogue = read_catalogue(path, code)
        catalogue.update(template, no_fuzzy_matching=True)
        _write(path, catalogue)
    return codes


def begin_language(code: str, folder: Path) -> Path:
    """Write the empty catalogue of a language beside the others, from the template."""
    path = name_catalogue(code, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue = Catalog(locale=code, header_comment=f"# Translations of the report: {code}.", fuzzy=False)
    catalogue.update(read_catalogue(name_template(folder)))
    _write(path, catalogue)
    return path


def list_faults(code: str, folder: Path) -> list[Fault]:
    """List all mistakes of a language, in the order of its file."""
    path = name_catalogue(code, folder)
    catalogue = read_catalogue(path, code)
    return [
        Fault(path, message.lineno or 0, text)
        for message in _list_messages(catalogue)
        if is_translated(message)
        for text in find_faults(message, code, catalogue.num_plurals)
    ]


def count_translations(
    code: str, messages: Iterable[Message], folder: Path, kept: Mapping[tuple[str, str], Iterable[str]] | None = None
) -> State:
    """Count which messages of the sources a language has, and which of the texts that the registry keeps."""
    catalogue = read_catalogue(name_catalogue(code, folder), code)
    known = {message.id for message in _list_messages(catalogue) if is_translated(message)}
    ids = [message.id for message in messages if message.id]
    left = {place: sum(text not in known for text in texts) for place, texts in (kept or {}).items()}
    return State(code, len(ids), tuple(_name(each) for each in ids if each not in known), left)


def list_messages(folder: Path) -> list[Message]:
    """List the messages that are to be translated."""
    return list(_list_messages(read_catalogue(name_template(folder))))


def _list_messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def is_translated(message: Message) -> bool:
    """Return whether a message has a translation that is certain, all its plurals among it."""
    texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(texts) and not message.fuzzy


def _name(message_id: str | Sequence[str]) -> str:
    return message_id if isinstance(message_id, str) else message_id[0]


def _write(path: Path, catalogue: Catalog) -> None:
    """Write a catalogue; the same messages make the same bytes, and lines of the sources that move change nothing."""
    text = io.BytesIO()
    write_po(text, catalogue, width=_WIDTH, include_lineno=False)
    lines = [line for line in text.getvalue().decode().splitlines() if not line.startswith(_LEFT_OUT)]
    write_if_changed(path, "\n".join(lines) + "\n")
