"""Words, numbers, dates and names in the reader's language: gettext for words, babel for the rest."""

import datetime as dt
import gettext
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_compact_decimal, format_decimal, format_percent
from markupsafe import Markup

from generator.base.encode import page
from generator.registry import INTERNATIONAL, UNAFFILIATED, UNREVIEWED

LOCALES: Final = Path(__file__).parents[1] / "locales"
# The group shown beside countries, never added to them.
EU: Final = "EU"
# Places that English names with an article.
_WITH_ARTICLE: Final = frozenset(
    {"US", "GB", "NL", "AE", "PH", "EU", "DO", "BS", "CF", "FO", "GM", "IM", "KM", "KY", "MH", "MV", "SB", "SC"}
)


@dataclass(frozen=True)
class Language:
    """A language of the site.

    Attributes:
        code: `en`, `de`, `vi` or `zh`.
    """

    code: str = "en"

    @cached_property
    def locale(self) -> Locale:
        """Return babel's locale."""
        return Locale.parse(self.code)

    @cached_property
    def _catalogue(self) -> gettext.NullTranslations:
        return gettext.translation("oms", localedir=LOCALES, languages=[self.code], fallback=True)

    def gettext(self, message: str, **values: Any) -> str:
        """Translate a message and fill in its `%(name)s` places; in every message a per cent sign is `%%`."""
        return self._catalogue.gettext(message) % values

    def ngettext(self, singular: str, plural: str, number: int, /, **values: Any) -> str:
        """Translate a message that depends on a number."""
        text = self._catalogue.ngettext(singular, plural, number)
        return text % (values | {"num": number})

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
        return format_percent(share, format=pattern, locale=self.locale)

    def points(self, difference: float) -> str:
        """Format a difference of shares in percentage points, without a sign."""
        return self.gettext("%(number)s points", number=format_decimal(abs(difference) * 100, "0.0", self.locale))

    def difference(self, first: float, second: float) -> str:
        """Format the difference of two shares that stand beside it, in points: that of their rounded percentages."""
        return self.points(round(first, 3) - round(second, 3))

    def count(self, number: float) -> str:
        """Format a number in full: 1,234,567."""
        return format_decimal(round(number), locale=self.locale)

    def number(self, number: float) -> str:
        """Format a number with one decimal where it needs it: 12, 12.5."""
        return str(format_decimal(number, "#,##0.#", locale=self.locale))

    def short(self, number: float) -> str:
        """Format a number of downloads or parameters briefly, for tables and pictures: 950, 12.3K, 1.2M, 3.4B."""
        return self._compact(number, "short")

    def spell(self, number: float) -> str:
        """Format a number of downloads or parameters within a sentence: 12,345, 1.2 million, 3.4 billion."""
        return self._compact(number, "long") if abs(number) >= 999_950 else self.count(number)

    def _compact(self, number: float, style: Literal["short", "long"]) -> str:
        """Format a number with its unit; a language may lack a style, and a unit below a million."""
        unit = next((unit for unit in (1e12, 1e9, 1e6, 1e3) if abs(number) >= unit * 0.99995), None)
        if unit is None:
            return self.count(number)
        known = style if style in self.locale.compact_decimal_formats else "short"
        rounded = round(number / unit, 1) * unit
        text = str(format_compact_decimal(rounded, format_type=known, locale=self.locale, fraction_digits=1))
        return self.count(number) if text.isdigit() else text

    def date(self, day: dt.date) -> str:
        """Format a date: 22 Nov 2026."""
        if self.code == "en":
            return format_date(day, "d MMM y", locale=self.locale)
        return format_date(day, "medium", locale=self.locale)

    def month(self, day: dt.date) -> str:
        """Format a month: September 2026."""
        return format_skeleton("yMMMM", day, locale=self.locale)

    def listing(self, items: Sequence[str]) -> str:
        """Join names as a sentence lists them: a, b and c."""
        return format_list(list(items), locale=self.locale)

    def place(self, code: str) -> str:
        """Return the name of a country, of a group or of a category beside the countries."""
        special = {
            INTERNATIONAL: self.gettext("International"),
            UNAFFILIATED: self.gettext("Unaffiliated"),
            UNREVIEWED: self.gettext("Unreviewed"),
            EU: self.gettext("European Union"),
            "HK": self.gettext("Hong Kong"),
            "MO": self.gettext("Macao"),
        }
        return special.get(code) or self.locale.territories.get(code, code)

    def place_in_sentence(self, code: str) -> str:
        """Return a place's name as it stands within a sentence: the United States, China."""
        name = self.place(code)
        return f"the {name}" if self.code == "en" and code in _WITH_ARTICLE else name

    def window(self, window: str) -> str:
        """Return the name of a window."""
        return {
            "30d": self.gettext("30 days"),
            "12m": self.gettext("12 months"),
            "held": self.gettext("all dates recorded"),
            "all_time": self.gettext("all time"),
        }[window]

    def universe(self, universe: str) -> str:
        """Return the name of a universe."""
        return {
            "all": self.gettext("all models"),
            "first_year": self.gettext("models in their first year"),
            "generative": self.gettext("generative models"),
            "language": self.gettext("language models"),
        }[universe]

    def attribution(self, attribution: str) -> str:
        """Return the name of an attribution."""
        return {"publisher": self.gettext("by publisher"), "origin": self.gettext("by origin")}[attribution]

    def task_group(self, group: str) -> str:
        """Return the name of a task group."""
        return {
            "language": self.gettext("Text generation"),
            "multimodal": self.gettext("Multimodal"),
            "embedding": self.gettext("Embedding and text analysis"),
            "vision": self.gettext("Vision"),
            "speech": self.gettext("Speech and audio"),
            "image-generation": self.gettext("Image generation"),
            "video": self.gettext("Video generation"),
            "other": self.gettext("Other"),
            "unstated": self.gettext("Unstated"),
        }[group]
