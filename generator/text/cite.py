"""How a number is cited, in text and in BibTeX: the one place that makes citations."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from generator.base.encode import line
from generator.base.imprint import AUTHORS
from generator.text.language import Language

# Where the day of access goes: no page that is there before its reader knows it. `site.js` writes it on copying.
ACCESSED: Final = "YYYY-MM-DD"
# Which Chinese puts behind the marks of a title, not within them.
_STOP: Final = "。"
_BIBTEX: Final = str.maketrans(
    {
        **{char: f"\\{char}" for char in "{}%&#$_"},
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)


@dataclass(frozen=True)
class Citation:
    """A citation of something on the site.

    Attributes:
        text: for a list of sources.
        bibtex: the same as an entry of BibTeX, line by line.
    """

    text: str
    bibtex: tuple[str, ...]


def cite(language: Language, title: str, as_of: dt.date, url: str, key: str) -> Citation:
    """Make the citation of something on the site.

    Args:
        language: of the text.
        title: what is cited, as it says it.
        as_of: the date of its data.
        url: its address.
        key: its name in BibTeX beside the date: letters, digits, hyphens.
    """
    title = title.removesuffix(_STOP)
    text = language.say(
        "{authors} ({year}): “{title}” Data of {date:date}. {url} (accessed on {accessed}).",
        authors=AUTHORS,
        year=str(as_of.year),
        title=title,
        date=as_of,
        url=url,
        accessed=ACCESSED,
    )
    bibtex = (
        f"@misc{{{key}-{as_of.isoformat()},",
        f"  author = {{{{{AUTHORS}}}}},",
        f"  title = {{{line(title).translate(_BIBTEX)}}},",
        f"  note = {{{line(language.say('Data of {date}', date=as_of.isoformat())).translate(_BIBTEX)}}},",
        f"  year = {{{as_of.year}}},",
        f"  url = {{{url}}},",
        f"  urldate = {{{ACCESSED}}}",
        "}",
    )
    return Citation(text, bibtex)
