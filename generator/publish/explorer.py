"""The files of the page Explore: downloads by place and date for each definition and cut, and what is said of them."""

import html
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from markupsafe import Markup

from generator.base.encode import label
from generator.base.records import pack_json
from generator.base.settings import EXPLORER_FILE_BYTES, PUBLISHER_PAGES
from generator.figures import outlines
from generator.figures.embeds import FRAMES, Embed, write_code
from generator.figures.files import NAMED_EVENTS, count_marks, list_marks, name_mark
from generator.figures.map import name_step
from generator.figures.theme import SEQUENCE, colour, place_colour
from generator.publish.explorer_rules import ORDER, build_formats, build_names, build_rules
from generator.questions import sentences
from generator.questions.events import list_happened
from generator.questions.report import Report
from generator.questions.shares.figures import BORDERS, NO_SHARE, STEPS, read_numeric_codes
from generator.star.accounts import HistoryPoint
from generator.star.cuts import Cut
from generator.star.daily import Days
from generator.star.definitions import Definition
from generator.star.shares import NOT_PLACES, ShareTable
from generator.text import words
from generator.text.language import Language
from generator.text.say import known

FOLDER: Final = "data/explorer"
# Places that a reader sees first.
FIRST_PLACES: Final = 3
# Models that can stand beside each other, the most downloaded: as many as there are publishers.
MODELS: Final = PUBLISHER_PAGES
# Newest dates that stay where older ones are thinned for size.
_KEPT_DATES: Final = 30


@dataclass(frozen=True)
class Part:
    """Downloads of a definition, or of one class of a cut, with a value for each date.

    Attributes:
        downloads: by code, codes ascending, of its window; not rounded.
        since: the first date of the unbroken run on which the same country has had most downloads; found over all
            dates of the history, also those left out here.
        from_first: whether that run began with the history.
    """

    downloads: Mapping[str, Sequence[float]]
    since: Sequence[str]
    from_first: Sequence[bool]

    def pick(self, places: Sequence[int]) -> "Part":
        """Leave out the dates at other positions, and the codes that have no download then."""
        downloads = {code: [values[place] for place in places] for code, values in self.downloads.items()}
        return Part(
            {code: values for code, values in downloads.items() if any(values)},
            [self.since[place] for place in places],
            [self.from_first[place] for place in places],
        )

    def to_plain(self) -> dict[str, Any]:
        """Return JSON's values; a total is summed as that of a share table is."""
        return {
            "totals": [_number(sum(row)) for row in zip(*self.downloads.values(), strict=True)],
            "downloads": {code: [_number(value) for value in values] for code, values in self.downloads.items()},
            "since": self.since,
            "from_first": [int(flag) for flag in self.from_first],
        }


@dataclass(frozen=True)
class Block:
    """What one file holds.

    Attributes:
        dates: ISO, oldest first.
        start: the first day of the history held; None of any other window.
        blurred: of each date whether no edge of its window is right to the day.
        classes: of a cut, by name; of a definition one without a name.
        names: of publishers and models, in place of those of places, by handle or id: name, the same within a
            sentence, and colour.
    """

    dates: tuple[str, ...]
    start: str | None
    blurred: tuple[bool, ...]
    classes: Mapping[str, Part]
    names: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)

    def pick(self, places: Sequence[int]) -> "Block":
        """Leave out the dates at other positions."""
        return Block(
            tuple(self.dates[place] for place in places),
            self.start,
            tuple(self.blurred[place] for place in places),
            {name: part.pick(places) for name, part in self.classes.items()},
            self.names,
        )

    def thin(self) -> "Block":
        """Leave out every second of the older dates."""
        old = min(max(len(self.dates) - _KEPT_DATES, 0), len(self.dates) // 2 + 1)
        return self.pick([place for place in range(len(self.dates)) if place >= old or place % 2 == 0])

    def render(self) -> str:
        """Render the file."""
        return pack_json(
            {
                "dates": self.dates,
                "start": self.start,
                "blurred": [int(flag) for flag in self.blurred],
                "classes": {name: part.to_plain() for name, part in self.classes.items()},
                **({"names": self.names} if self.names else {}),
            }
        )


@dataclass(frozen=True)
class Side:
    """A publisher or a model beside others.

    Attributes:
        history: its 30-day downloads by date, as the Hub counts them.
        colour: of its line.
    """

    history: Sequence[HistoryPoint]
    colour: str


def render_explorer(report: Report, language: Language) -> dict[str, str | bytes]:
    """Render all files by path below the site's root; none for a report that does not hold every date."""
    if report.days is None:
        return {}
    blocks = {
        definition.slug: _lay_out(tables, report.days, definition) for definition, tables in report.histories.items()
    }
    sides = {kind: _lay_out_sides(named) for kind, named in _list_sides(report).items()}
    cuts = {name_file(cut): _lay_out_cut(cut, report.histories[cut.definition]) for cut in report.cuts}
    codes = sorted({code for block in blocks.values() for part in block.classes.values() for code in part.downloads})
    files: dict[str, str | bytes] = {
        f"{FOLDER}/{name}.json": _fit(block) for name, block in (blocks | cuts | sides).items()
    }
    files[f"{FOLDER}/map.json"] = pack_json(build_map(language))
    files[f"{FOLDER}/index.json"] = pack_json(build_index(report, language, codes))
    return files


def render_words(report: Report, language: Language) -> dict[str, str | bytes]:
    """Render what of the files is words, in a language beside the first; the numbers are the first one's."""
    if report.days is None:
        return {}
    codes = sorted({row.code for tables in report.histories.values() for table in tables for row in table.rows})
    index = build_index(report, language, codes) | {"numbers": f"../../{language.up}{FOLDER}/"}
    return {f"{FOLDER}/map.json": pack_json(build_map(language)), f"{FOLDER}/index.json": pack_json(index)}


def list_read(report: Report) -> dict[str, list[str]]:
    """List the paths of all files, as `render_explorer` makes them, and which of them the usual view reads."""
    if report.days is None:
        return {"files": [], "first": []}
    files = [f"{FOLDER}/{name}.json" for name in ("index", "map", *_list_names(report))]
    return {"files": files, "first": [f"{FOLDER}/{name}.json" for name in ("index", report.headline.slug)]}


def describe_embed() -> dict[str, Markup]:
    """Return what the page makes codes of embeds from: that of all embeds with places in it, and columns' widths."""
    code = write_code(Embed("{address}", "{title}", "{height}"))
    inert = html.escape(code).replace("\n", "&#10;")
    return {"code": Markup(inert), "widths": Markup(json.dumps(FRAMES))}  # noqa: S704 - escaped, and numbers


def _list_names(report: Report) -> list[str]:
    """List the names of the files of numbers."""
    definitions = [definition.slug for definition in report.definitions]
    return [*definitions, *(name_file(cut) for cut in report.cuts), *_list_sides(report)]


def build_index(report: Report, language: Language, codes: Iterable[str]) -> dict[str, Any]:
    """Build what the page reads first: what can be chosen, what stands there, names, rules and formats."""
    headline, is_first = report.headline, report.data.is_first
    return {
        "as_of": report.data.as_of.isoformat(),
        "source": language.speak(sentences.describe_source(report.data)),
        "breaks": sorted(day.isoformat() for day in report.breaks),
        "events": _build_events(report, language),
        "files": _list_names(report),
        "sides": {kind: ",".join([*named][:FIRST_PLACES]) for kind, named in _list_sides(report).items()},
        "without": {
            definition.slug: language.speak(said)
            for definition in report.definitions
            if (said := sentences.state_without(report, definition))
        },
        "first": {
            "of": "",
            "places": ",".join(row.code for row in report.table(headline).places[:FIRST_PLACES]),
            "window": headline.window,
            "models": headline.universe,
            "by": headline.attribution,
            "cut": "",
            "class": "",
            "measure": "share",
            "as": "bars" if is_first else "lines",
            "from": "",
            "to": "",
        },
        "names": build_names(codes, language),
        "order": ORDER,
        "rules": build_rules(report.data.scope, language),
        "formats": build_formats(language),
    }


def _build_events(report: Report, language: Language) -> dict[str, Any]:
    """Build what happened, the oldest first, and how a picture says that it marks it."""
    return {
        "named": NAMED_EVENTS,
        "list": list_marks("{events}", language),
        "one": name_mark("{number}", "{label}", "{date}", language),
        "count": count_marks("{count}", language),
        "happened": [
            {
                "date": event.date.isoformat(),
                "label": language.speak(known(label(event.label))),
                "kind": language.speak(words.EVENT_KINDS[event.kind]),
                "places": codes,
                "publishers": event.publishers,
                "source": language.speak(known(label(event.source))),
                "url": event.source_url,
            }
            for event, codes in list_happened(report)
        ],
    }


def build_map(language: Language) -> dict[str, Any]:
    """Build what a map of a view needs beside its shares: outlines, and the steps of its colours."""
    numbers = read_numeric_codes()
    return {
        "size": [outlines.WIDTH, outlines.HEIGHT],
        "shapes": outlines.list_outlines(numbers),
        "points": outlines.list_points(numbers),
        "steps": STEPS,
        "inks": [colour(name) for name in SEQUENCE],
        "empty": colour("nothing"),
        "key": ["0", *(name_step(step, language) for step in STEPS)],
        "none": language.speak(NO_SHARE),
        "borders": language.speak(BORDERS),
    }


def name_file(cut: Cut) -> str:
    """Name the file of a cut, without its ending."""
    return f"{cut.kind}-{cut.window}-{cut.attribution}".replace("_", "-")


def _lay_out(tables: Sequence[ShareTable], days: Days, definition: Definition) -> Block:
    """Lay out a definition on the dates of its tables."""
    wanted = {table.as_of: table for table in tables}
    places, downloads = days.sum_each(definition)
    ends = [days.intervals[place].end for place in places]
    codes = days.grids[definition.universe, definition.attribution].codes
    part = _make_part([day.isoformat() for day in ends], codes, downloads.tolist())
    kept = [row for row, day in enumerate(ends) if day in wanted]
    shown = [wanted[ends[row]] for row in kept]
    return _make_block(shown, {"": part.pick(kept)})


def _lay_out_cut(cut: Cut, tables: Sequence[ShareTable]) -> Block:
    """Lay out a cut on the dates of the tables of its definition."""
    wanted = {table.as_of: table for table in tables}
    dates = tuple(day.isoformat() for day in cut.sums.index)
    classes = {
        name: _make_part(dates, [str(code) for code in cut.sums[name].columns], cut.sums[name].to_numpy().tolist())
        for name in cut.classes
    }
    kept = [place for place, day in enumerate(cut.sums.index) if day in wanted]
    shown = [wanted[cut.sums.index[place]] for place in kept]
    return _make_block(shown, {name: part.pick(kept) for name, part in classes.items()})


def _list_sides(report: Report) -> dict[str, dict[str, Side]]:
    """List what can stand beside each other instead of places, the largest first: by kind, then by handle or id."""
    publishers = {
        profile.row.handle: Side(profile.history, place_colour(profile.row.code)) for profile in report.profiles
    }
    models = {
        model.row.id: Side(model.history, place_colour(model.row.publisher_code))
        for model in report.model_reports[:MODELS]
        if model.history
    }
    return {kind: named for kind, named in (("publishers", publishers), ("models", models)) if named}


def _lay_out_sides(named: Mapping[str, Side]) -> Block:
    """Lay out publishers or models on the dates that any of them has; what all others have is without a name."""
    totals = {point.as_of: point.total for side in named.values() for point in side.history}
    dates = sorted(totals)
    counts = {name: {point.as_of: point.downloads_30d for point in side.history} for name, side in named.items()}
    codes = ["", *sorted(named)]
    rows = [[float(counts[name].get(day, 0)) for name in codes[1:]] for day in dates]
    whole = [(totals[day] - sum(row), *row) for day, row in zip(dates, rows, strict=True)]
    days = tuple(day.isoformat() for day in dates)
    names = {name: (label(name), label(name), side.colour) for name, side in sorted(named.items())}
    return Block(days, None, (False,) * len(days), {"": _make_part(days, codes, whole)}, names)


def _make_block(tables: Sequence[ShareTable], classes: Mapping[str, Part]) -> Block:
    """Make a block on the dates of tables, whose windows it shares."""
    start = tables[-1].start if tables[-1].definition.window == "held" else None
    return Block(
        tuple(table.as_of.isoformat() for table in tables),
        start.isoformat() if start else None,
        tuple(table.is_blurred for table in tables),
        classes,
    )


def _make_part(dates: Sequence[str], codes: Sequence[str], rows: Sequence[Sequence[float]]) -> Part:
    """Make a part of downloads by date, then by code."""
    runs = find_runs(dates, codes, rows)
    downloads = dict(zip(codes, zip(*rows, strict=True), strict=True))
    return Part(downloads, [since for since, _ in runs], [from_first for _, from_first in runs])


def find_runs(dates: Sequence[str], codes: Sequence[str], rows: Sequence[Sequence[float]]) -> list[tuple[str, bool]]:
    """Find for each date since when its leading country has led, and whether since the first; as `compute_lead` does.

    A date without downloads is passed over.
    """
    countries = [number for number, code in enumerate(codes) if code not in NOT_PLACES]
    runs, leader, since, first = [], -1, "", ""
    for day, row in zip(dates, rows, strict=True):
        if any(row):
            now = max(countries, key=lambda number: row[number], default=-1)
            since = since if now == leader else day
            leader, first = now, first or day
        runs.append((since, since == first))
    return runs


def _fit(block: Block) -> str:
    """Render a block, with older dates thinned until it has at most `EXPLORER_FILE_BYTES`."""
    text = block.render()
    while len(text) > EXPLORER_FILE_BYTES and len(block.dates) > 2:
        block = block.thin()
        text = block.render()
    return text


def _number(value: float) -> float:
    """Write a whole number without decimals, any other as it is."""
    return int(value) if value == int(value) else value
