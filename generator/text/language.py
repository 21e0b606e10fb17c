"""Words, numbers, dates and names in the reader's language: gettext for words, babel for the rest."""

import datetime as dt
import gettext
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import Any, Final, Literal

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_compact_decimal, format_decimal, format_percent
from markupsafe import Markup

from generator.base.encode import page
from generator.registry import INTERNATIONAL, UNAFFILIATED, UNREVIEWED
from generator.text.catalogue import SOURCE, open_catalogue, unmark
from generator.text.say import Sentence, read_places, say, write
from generator.text.voices import CASES, Voice, find_place, find_voice
from generator.text.words import ATTRIBUTIONS, TASK_GROUPS, UNIVERSES, WINDOWS

# The group shown beside countries, never added to them.
EU: Final = "EU"
# The Herfindahl-Hirschman index is written on its scale from 0 to 10,000.
HHI_POINTS: Final = 10_000
# The least share that has a digit as it is written.
LEAST_SHARE: Final = 0.001
_MINUS: Final = "\u2212"
# Pages repeat dates and large numbers: of 12,000 dates in a build some hundreds differ (November 2026).
_KEPT: Final = 16_384
# A gap between a number and its unit, which English lets a line break.
_GAP: Final = re.compile(r"(?<=\d) (?=[^\W\d])")
# Spaces that Chinese has none of: between two words, one and a letter or a number, and beside the dash of a range.
_HAN: Final = "\u4e00-\u9fff"
_BETWEEN_HAN: Final = (
    f"([{_HAN}]) (?=[{_HAN}A-Za-z0-9])",
    f"([A-Za-z0-9%]) (?=[{_HAN}])",
    f"([{_HAN}0-9%]) (?=– [{_HAN}0-9+−])",
    f"([{_HAN}0-9%]–) (?=[{_HAN}0-9+−])",
)
_TAGS: Final = "(?:</?[a-z][^<>]*>)*"


@dataclass(frozen=True)
class Language:
    """A language of the site.

    Attributes:
        code: `en`, `de`, `vi` or `zh`.
        marks: whether what is not translated stands between marks, for a page to say that it is English.
    """

    code: str = SOURCE
    marks: bool = False

    @property
    def folder(self) -> str:
        """Return where its pages stand below the site's root: nowhere else those of the sources, `de/`."""
        return "" if self.code == SOURCE else f"{self.code}/"

    @property
    def up(self) -> str:
        """Return the way from there to the root, where data and pictures stand that are the same for all."""
        return "" if self.code == SOURCE else "../"

    @cached_property
    def locale(self) -> Locale:
        """Return babel's locale."""
        return Locale.parse(self.code)

    @cached_property
    def voice(self) -> Voice:
        """Return what babel leaves open."""
        return find_voice(self.code)

    @cached_property
    def _catalogue(self) -> gettext.NullTranslations:
        return open_catalogue(self.code, marks=self.marks and self.code != SOURCE)

    def gettext(self, message: str, **values: Any) -> str:
        """Translate a message of a figure's template and fill in its `%(name)s` places; a per cent sign is `%%`."""
        return self._catalogue.gettext(message) % values

    def speak(self, sentence: Sentence | str) -> str:
        """Speak a sentence: its message in this language, each value in the way that its place names."""
        if isinstance(sentence, str):
            return sentence
        message, plural, values = sentence.message, sentence.plural, sentence.values
        if not message:
            return ""
        known = self._catalogue
        text = known.ngettext(message, plural, values["num"]) if plural else known.gettext(message)
        return self.tidy(
            "".join(
                before + (self._write(values[name], way) if name else "") for before, name, way in read_places(text)
            )
        )

    def tidy(self, text: str) -> str:
        """Take out spaces that the language has none of; a dot between two things stays on the line of the first."""
        if not self.voice.unspaced or " " not in text:
            return text
        for pattern in self.unspaced:
            text = re.sub(pattern, r"\1", text)
        return text.replace(" · ", "\u00a0· ")

    @cached_property
    def unspaced(self) -> tuple[str, ...]:
        """Return patterns of spaces that the language has none of, for Python and scripts; their group is kept."""
        signs = self.voice.unspaced
        return (f"([{signs}]{_TAGS}) +", f" +({_TAGS}[{signs}])", *_BETWEEN_HAN) if signs else ()

    def say(self, message: str, /, **values: Any) -> str:
        """Say a message at once, where what is written is a picture's or a page's own."""
        return self.speak(say(message, **values))

    def _write(self, value: Any, way: str) -> str:
        if way.startswith("0"):
            return str(format_decimal(value, way, locale=self.locale))
        if way:
            return WAYS[way](self, value)
        return self.speak(value) if isinstance(value, Sentence) else unmark(str(value))

    def page_gettext(self, message: str, **values: Any) -> Markup:
        """Translate a message of a template; the values pass the encoder, the message is ours."""
        text = Markup(self._catalogue.gettext(message))  # noqa: S704 - from our own templates and catalogues
        return text % {name: page(value) for name, value in values.items()}

    def page_ngettext(self, singular: str, plural: str, number: int, /, **values: Any) -> Markup:
        """Translate a message of a template that depends on a number."""
        text = Markup(self._catalogue.ngettext(singular, plural, number))  # noqa: S704 - as above
        return text % {name: page(value) for name, value in (values | {"num": number}).items()}

    def percent(self, share: float, digits: int = 1) -> str:
        """Format a fraction as a percentage with one decimal, the sign where the language has it: 17.1%, 17,1 %."""
        whole = self.locale.percent_formats[None].pattern
        pattern = whole.replace("#,##0", "#,##0." + "0" * digits) if digits else whole
        return format_percent(share, format=pattern, locale=self.locale).replace("-", _MINUS)

    def points(self, difference: float) -> str:
        """Format a difference of shares in percentage points, without a sign."""
        return self.say("{number:0.0} points", number=abs(difference) * 100)

    def bare(self, difference: float) -> str:
        """Format the number alone, for a language whose word for points changes with its place in the sentence."""
        return self.speak(write(abs(difference) * 100, "0.0"))

    def difference(self, first: float, second: float) -> str:
        """Format the difference of two shares that stand beside it, in points: that of their rounded percentages."""
        return self.points(round(first, 3) - round(second, 3))

    def signed(self, difference: float, digits: int = 1) -> str:
        """Format a difference of shares in percentage points with its sign: +4.0, −3.3, 0.0."""
        pattern = "0." + "0" * digits if digits else "0"
        text = str(format_decimal(abs(difference) * 100, pattern, locale=self.locale))
        rounded = round(difference * 100, digits)
        return text if rounded == 0 else ("+" if rounded > 0 else _MINUS) + text

    def share(self, share: float) -> str:
        """Format a share within a sentence; what is there and would be rounded to nothing is told from nothing."""
        return (
            self.say("less than {least:percent}", least=LEAST_SHARE)
            if 0 < share < LEAST_SHARE / 2
            else self.percent(share)
        )

    def count(self, number: float) -> str:
        """Format a number in full: 1,234,567."""
        return format_decimal(round(number), locale=self.locale)

    def number(self, number: float, digits: int = 1) -> str:
        """Format a number with decimals, one if no more are asked for, where it needs them: 12, 12.5."""
        return str(format_decimal(number, "#,##0." + "#" * digits, locale=self.locale))

    def short(self, number: float) -> str:
        """Format a number of downloads or parameters briefly, for tables and pictures: 950, 12.3K, 1.2M, 3.4B."""
        return self._compact(number, "long" if self.voice.large == "long" else "short")

    def spell(self, number: float) -> str:
        """Format a number of downloads or parameters within a sentence: 12,345, 1.2 million, 3.4 billion."""
        return self._compact(number, "long") if abs(number) >= 999_950 else self.count(number)

    def size(self, parameters: float) -> str:
        """Format a number of parameters in words: 335 million, 4.4 billion."""
        return self._compact(round(parameters / 1e6) * 1e6 if 1e6 <= parameters < 1e9 else parameters, "long")

    def _compact(self, number: float, style: Literal["short", "long"]) -> str:
        """Format a number with its unit and one decimal; a language may lack a style, and a unit below a million."""
        known = style if style in self.locale.compact_decimal_formats else "short"
        unit = next((unit for unit in self._units[known] if abs(number) >= unit * 0.99995), None)
        if unit is None:
            return self.count(number)
        rounded = round(number / unit, 1) * unit
        text = _write_compact(rounded, known, self.locale)
        return text if self.code == SOURCE else _GAP.sub("\u00a0", text)

    @cached_property
    def _units(self) -> dict[str, list[float]]:
        """The units of large numbers by style, the largest first: thousands and millions, or 万 and 亿."""
        return {
            style: sorted(
                {
                    int(least) / 10 ** (form.pattern.count("0") - 1)
                    for least, form in forms["other"].items()
                    if form.pattern.strip("0")
                },
                reverse=True,
            )
            for style, forms in self.locale.compact_decimal_formats.items()
            if style
        }

    def date(self, day: dt.date) -> str:
        """Format a date: 22 Nov 2026."""
        return _write_date(day, self.voice.date, self.locale)

    def day(self, day: dt.date) -> str:
        """Format a date whose year is known: 22 Nov."""
        return _write_date(day, self.voice.day, self.locale)

    def month(self, day: dt.date) -> str:
        """Format a month: September 2026."""
        return _write_date(day, self.voice.month, self.locale)

    def short_month(self, day: dt.date) -> str:
        """Format a month where there is little room: Sep 2026."""
        return _write_date(day, self.voice.short_month, self.locale)

    def listing(self, items: Iterable[Sentence | str]) -> str:
        """Join items as a sentence lists them: a, b and c."""
        return format_list([self.speak(item) for item in items], locale=self.voice.listed_as.replace("-", "_"))

    def clauses(self, items: Iterable[Sentence | str]) -> str:
        """Join clauses: as a sentence lists items, or with the sign that the language has between clauses."""
        if not self.voice.between_clauses:
            return self.listing(items)
        return self.voice.between_clauses.join(self.speak(item) for item in items)

    def place(self, code: str) -> str:
        """Return the name of a country, of a group or of a category beside the countries."""
        own = find_place(self.code, code, "place")
        return own or self.speak(PLACES.get(code) or self.locale.territories.get(code, code))

    def place_in_sentence(self, code: str, case: str = "the") -> str:
        """Return a place's name as it stands within a sentence, in one of its cases: the United States, China."""
        return (find_place(self.code, code, case) or "{name}").replace("{name}", self.place(code))

    def short_place(self, code: str) -> str:
        """Return a place's name where there is little room: US, S. Korea."""
        return self.speak(SHORT_PLACES.get(code) or self.place(code))


@lru_cache(_KEPT)
def _write_date(day: dt.date, pattern: str, locale: Locale) -> str:
    return str(format_date(day, pattern, locale=locale))


@lru_cache(_KEPT)
def _write_compact(number: float, style: Literal["short", "long"], locale: Locale) -> str:
    return str(format_compact_decimal(number, format_type=style, locale=locale, fraction_digits=1))


def capital(text: str) -> str:
    """Begin a text with a capital letter."""
    return text[:1].upper() + text[1:]


def _write_case(case: str, language: Language, code: str) -> str:
    return language.place_in_sentence(code, case)


PLACES: Final = {
    INTERNATIONAL: say("International"),
    UNAFFILIATED: say("Unaffiliated"),
    UNREVIEWED: say("Unreviewed"),
    EU: say("European Union"),
    "HK": say("Hong Kong"),
    "MO": say("Macao"),
}
SHORT_PLACES: Final = {
    "US": say("US"),
    "GB": say("UK"),
    "AE": say("UAE"),
    "KR": say("S. Korea"),
    EU: say("EU"),
}
# How a place of a message writes its value.
WAYS: Final[Mapping[str, Callable[[Language, Any], str]]] = {
    "percent": Language.percent,
    "percent0": lambda language, share: language.percent(share, 0),
    "percent2": lambda language, share: language.percent(share, 2),
    "share": Language.share,
    "points": Language.points,
    "bare": Language.bare,
    "signed": Language.signed,
    "difference": lambda language, pair: language.difference(*pair),
    "count": Language.count,
    "hhi": lambda language, index: language.count(index * HHI_POINTS),
    "number": Language.number,
    "short": Language.short,
    "spell": Language.spell,
    "size": Language.size,
    "date": Language.date,
    "month": Language.month,
    "short_month": Language.short_month,
    "place": Language.place,
    "brief": Language.short_place,
    "the": Language.place_in_sentence,
    **{case: partial(_write_case, case) for case in CASES[1:]},
    "The": lambda language, code: capital(language.place_in_sentence(code)),
    "window": lambda language, code: language.speak(WINDOWS[code]),
    "universe": lambda language, code: language.speak(UNIVERSES[code]),
    "attribution": lambda language, code: language.speak(ATTRIBUTIONS[code]),
    "task_group": lambda language, code: language.speak(TASK_GROUPS[code]),
    "listing": Language.listing,
    "clauses": Language.clauses,
    "capital": lambda language, said: capital(language.speak(said)),
}
