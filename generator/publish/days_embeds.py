"""The headline of a date for frames on other sites: the number as it was first published, which stays.

The frame of a date of which nothing was kept, or of which another definition is told now, leads to the date's page.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from generator.audit.headlines import Headline
from generator.base.encode import label
from generator.base.imprint import NAME, SITE
from generator.figures.embeds import FRAMES, LAYOUT, Embed, measure_text, measure_title, write_code, write_oembed
from generator.figures.theme import SCHEMES, name_colour
from generator.publish.datafiles import list_licenses
from generator.publish.datafiles_days import list_days, speak_rests
from generator.publish.days_pages import Then, make_environment
from generator.publish.write import publish_pages
from generator.questions import sentences
from generator.questions.report import Report
from generator.registry import UNREVIEWED
from generator.text.language import Language

EMBEDS: Final = "embed/days"
ANSWERS: Final = "oembed/days"
# The figure beside whose code stands that of the newest date.
FIGURE: Final = "share-now"
_COLOURS: Final = ("paper", "ink", "muted")
# Of the bar, with what stands around it.
_BAR_HEIGHT: Final = 40


@dataclass(frozen=True)
class PinPart:
    """A part of the bar: its share, and the colour of the schemes that it has."""

    share: float
    colour: str


@dataclass(frozen=True)
class Pin:
    """A headline as it was first published, in a language.

    Attributes:
        as_of: its date.
        sentence: the two shares.
        rest: what stood without the one model that decided them; else nothing.
        parts: of the bar: two countries, and all others.
        told: the same in words.
        now: the shares as they are, where they differ; else nothing.
        source: definition, source and licences.
    """

    as_of: dt.date
    sentence: str
    rest: str
    parts: tuple[PinPart, ...]
    told: str
    now: str
    source: str

    @property
    def height(self) -> int:
        """Return a height that is enough in every frame, in CSS pixels."""
        texts = [text for text in (self.rest, self.told, self.now, f"{self.source} {NAME}") if text]
        return 2 * LAYOUT.padding + max(
            round(measure_title(self.sentence, frame) + _BAR_HEIGHT + sum(measure_text(text, frame) for text in texts))
            for frame in FRAMES
        )

    def embed(self, site_url: str = SITE) -> Embed:
        """Make its embed, on the site of an address."""
        return Embed(f"{site_url}{EMBEDS}/{self.as_of.isoformat()}.html", self.sentence, self.height)


def publish_pins(
    cache: Path, report: Report, language: Language, headlines: Iterable[Headline], site_url: str
) -> dict[str, list[Path]]:
    """Write the frames of all dates into the cache, and return their paths by folder; what did not change stays."""
    folder = cache / "pins"
    paths = publish_pages(folder, render_pins(report, language, headlines, site_url))
    return {name: [path for path in paths if path.parent == folder / name] for name in (EMBEDS, ANSWERS)}


def render_pins(report: Report, language: Language, headlines: Iterable[Headline], site_url: str) -> dict[str, str]:
    """Render the frame of each date, and what oEmbed answers of it, by path below the site's root.

    Args:
        report: has the dates.
        language: in which they are told.
        headlines: what was published; of a date with several the last one counts.
        site_url: the address of the site.
    """
    environment = make_environment(language)
    pinned, unpinned = (environment.get_template(f"{name}.html.j2") for name in ("pinned", "unpinned"))
    pins = build_pins(report, language, headlines)
    files = {}
    for day in list_days(report):
        name = day.isoformat()
        values = {"name": name, "language": language, "site_url": site_url}
        if pin := pins.get(day):
            page = pinned.render(values, pin=pin, layout=LAYOUT, colours=_list_colours(pin))
            files[f"{ANSWERS}/{name}.json"] = write_oembed(pin.embed(site_url), site_url)
        else:
            page = unpinned.render(values)
        files[f"{EMBEDS}/{name}.html"] = page
    return files


def build_pins(report: Report, language: Language, headlines: Iterable[Headline]) -> dict[dt.date, Pin]:
    """Build the headlines that stay, of those dates of which they were kept and are told under the same definition."""
    published = {headline.as_of: headline for headline in headlines}
    licences = ", ".join(list_licenses(report))
    return {
        as_of: _build_pin(Then(published[as_of], day, language), licences)
        for as_of, day in list_days(report).items()
        if as_of in published
        and published[as_of].definition == day.table.definition.slug
        and len(published[as_of].as_first_published) > 1
    }


def write_pinned_code(report: Report, language: Language, headlines: Iterable[Headline]) -> dict[str, str]:
    """Write the code of the newest date's frame, by the slug of the figure beside whose own it stands."""
    newest = [headline for headline in headlines if headline.as_of == report.data.as_of]
    pin = build_pins(report, language, newest).get(report.data.as_of)
    return {FIGURE: write_code(pin.embed())} if pin else {}


def _build_pin(then: Then, licences: str) -> Pin:
    headline, language = then.headline, then.language
    table = replace(then.day.table, start=headline.start or then.day.table.start)
    shares = dict(sorted(headline.as_first_published.items(), key=lambda item: (-item[1], item[0]))[:2])
    rest = 1 - sum(shares.values())
    parts = [PinPart(share, name_colour(code)) for code, share in shares.items()]
    told = [f"{language.place(code)} {language.percent(share)}" for code, share in shares.items()]
    return Pin(
        as_of=headline.as_of,
        sentence=language.speak(sentences.state_leaders(shares, table, then.day.scope)),
        rest=speak_rests([headline], language).get(headline.as_of, ""),
        parts=(*parts, PinPart(rest, name_colour(UNREVIEWED))),
        told=" · ".join([*told, f"{language.say('all others')} {language.percent(rest)}"]),
        now="" if then.before == then.now else language.say("As computed now: {shares}.", shares=then.now),
        source=language.say(
            "{definition}. Source: {source}. Licence: {licences}.",
            definition=language.speak(sentences.name_table(table)),
            source=label(then.day.source),
            licences=licences,
        ),
    )


def _list_colours(pin: Pin) -> dict[str, dict[str, str]]:
    """List the colours that a pin needs, by name and scheme."""
    names = dict.fromkeys([*_COLOURS, *(part.colour for part in pin.parts)])
    return {name: {scheme: values[name] for scheme, values in SCHEMES.items()} for name in names}
