"""Derivatives: on whose models the world builds, who builds on whom, and whose models the re-uploaders carry."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import altair as alt

from generator.base.encode import label
from generator.figures import margins, parts
from generator.figures.figure import Figure, Table
from generator.figures.lines import LOW, Line, Lines, Panel, draw_lines
from generator.figures.stacks import Bar, Part, Style, divide, draw_stacks
from generator.figures.text import cut, measure
from generator.figures.theme import SMALL_TEXT, TEXT, WIDE, build_canvas, colour, place_colour
from generator.questions import phrases, sentences
from generator.questions.derivatives.tables import MIN_MODELS, Derivatives, Pair, Uploader
from generator.questions.ground import Point
from generator.questions.report import Report
from generator.questions.shares.history import NOBODY, REST, style_line
from generator.questions.surges import pick_standing
from generator.star.shares import NOT_PLACES
from generator.text import words
from generator.text.language import Language

NAMED: Final = 3
MONTHS: Final = 36
BUILDERS: Final = 6
ORIGINS: Final = 4
UPLOADERS: Final = 10


def build(topic: Derivatives, report: Report, language: Language) -> tuple[Figure, ...]:
    """Build the topic's figures, each where it has something to show."""
    builders = (_build_new, _build_downloads, _build_matrix, _build_uploaders)
    return tuple(figure for builder in builders if (figure := builder(topic, report, language)))


def state(topic: Derivatives, report: Report, language: Language) -> dict[str, str]:
    """State the findings, what the origins are known by, and how the list changed."""
    return {
        "new": state_new(topic, language),
        "downloads": state_downloads(topic, language),
        "tags": state_tags(topic, language),
        "basis": _state_basis(topic, language),
        "relations": _state_relations(topic, language),
        "growth": phrases.describe_growth(report.data, language),
    }


def state_new(topic: Derivatives, language: Language) -> str:
    """State on whose models the new derivatives of the last twelve whole months were built."""
    year = topic.year
    if year.number < MIN_MODELS:
        return language.gettext("Too few new derivatives are in these data to tell on whose models they are built.")
    return language.gettext(
        "Of the %(number)s derivatives listed that were made in the twelve months to %(date)s, %(parts)s.",
        number=language.count(year.number),
        date=language.date(year.date),
        parts=_name_leaders(year.shares(), language),
    )


def state_downloads(topic: Derivatives, language: Language) -> str:
    """State whose models the downloads of derivatives go back to on the newest date."""
    shares = topic.dates[-1].shares()
    if not shares:
        return language.gettext("No derivative was downloaded in the thirty days to the newest date.")
    return language.gettext(
        "Of the downloads of derivatives in the thirty days to %(date)s, %(parts)s.",
        date=language.date(topic.dates[-1].date),
        parts=_name_leaders(shares, language),
    )


def _name_leaders(shares: Mapping[str, float], language: Language) -> str:
    places = sorted((code for code in shares if code not in NOT_PLACES), key=lambda code: (-shares[code], code))[:2]
    values = [{"share": language.percent(shares[code]), "place": parts.in_sentence(code, language)} for code in places]
    named = [language.gettext("%(share)s go back to models from %(place)s", **each) for each in values[:1]]
    named += [language.gettext("%(share)s to models from %(place)s", **each) for each in values[1:]]
    nobody = sum(shares.get(code, 0.0) for code in NOT_PLACES)
    named.append(language.gettext("%(share)s to accounts without a country", share=language.percent(nobody)))
    return ", ".join(named[:-1]) + language.gettext(" and ") + named[-1] if len(named) > 1 else named[0]


def state_tags(topic: Derivatives, language: Language) -> str:
    """Say what is missing where the data have no base-model tags; else nothing."""
    if topic.ground.has_tags:
        return ""
    return language.gettext(
        "These data have no base-model tags. A derivative is known here by its name only, where that tells another "
        "account's family; one with a name of its own is taken for an original, and adapters and merges cannot be "
        "told from other fine-tuned versions. The numbers of derivatives are therefore lower bounds."
    )


def _state_basis(topic: Derivatives, language: Language) -> str:
    ground = topic.ground
    if not ground.downloads:
        return ""
    known = language.gettext(
        "of these, the origin of %(tags)s is known by base-model tags and of %(family)s by the model's name",
        tags=language.percent(ground.by_tags),
        family=language.percent(ground.by_family),
    )
    if not ground.has_tags:
        known = language.gettext("the origin of all of these is known by the model's name")
    return language.gettext(
        "Derivatives account for %(share)s of all downloads in the thirty days to %(date)s. Of their downloads "
        "%(named)s are of models that the history names; %(known)s. Models with %(own)s downloads that are no "
        "originals and name no other account as their origin are left out: they are made of their account's own "
        "models, or do not tell their base.",
        share=language.percent(ground.share_of_all),
        date=language.date(topic.as_of),
        named=language.percent(ground.named),
        known=known,
        own=language.spell(ground.own),
    )


def _state_relations(topic: Derivatives, language: Language) -> str:
    sums: dict[str, int] = {}
    for part in topic.dates[-1].parts:
        sums[part.relation] = sums.get(part.relation, 0) + part.number
    total = sum(sums.values())
    if not total:
        return ""
    named = [
        f"{words.name_relation(relation, language)} {language.percent(number / total)}"
        for relation, number in sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    ]
    return language.gettext("By how they are made: %(parts)s.", parts=", ".join(named))


# --- Shares over time --------------------------------------------------------------------------------


def _build_new(topic: Derivatives, report: Report, language: Language) -> Figure | None:
    found = {name.rpartition(".")[2]: points for name, points in topic.series.items() if ".new-share." in name}
    known = {code: _keep(points, MONTHS) for code, points in found.items()}
    shares = _list_shares(known, topic.year.shares())
    days = list(next(iter(shares.values()), ()))
    if not days:
        return None
    finding, table = state_new(topic, language), _list_table(shares, language)
    picture = Lines((Panel(_style_lines(shares, language), "share"),), standing=pick_standing(report))
    return Figure(
        slug="derivatives-new",
        headline=finding,
        subtitle=language.gettext(
            "Share of new derivatives · by the origin's country · months of creation, %(first)s to %(last)s, those "
            "with at least %(least)s",
            first=language.date(days[0]),
            last=language.date(days[-1]),
            least=MIN_MODELS,
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=phrases.join_sentences(
            language.gettext(
                "A line is the share of the derivatives created in a month – quantised or converted copies, "
                "fine-tuned versions, adapters, merges – that go back to models of a country. What an account makes "
                "of its own models is left out. “No country” is what goes back to accounts that are international, "
                "unaffiliated or unreviewed."
            ),
            state_tags(topic, language),
            phrases.describe_growth(report.data, language),
        ),
        alt=phrases.join_sentences(finding, _describe_ends(shares, language)),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_lines, table, picture, language=language),
    )


def _build_downloads(topic: Derivatives, report: Report, language: Language) -> Figure | None:
    found = {name.rpartition(".")[2]: points for name, points in topic.series.items() if ".download-share." in name}
    known = {code: _keep(points, len(points)) for code, points in found.items()}
    shares = _list_shares(known, topic.dates[-1].shares())
    days = list(next(iter(shares.values()), ()))
    if not days:
        return None
    finding, table = state_downloads(topic, language), _list_table(shares, language)
    lines = _style_lines(shares, language)
    picture = Lines((Panel(lines, "share"),), heights=LOW, standing=pick_standing(report))
    return Figure(
        slug="derivatives-downloads",
        headline=finding,
        subtitle=language.gettext(
            "Share of the downloads of derivatives · 30 days · all models · by the origin's country · at %(count)s "
            "dates, %(first)s to %(last)s",
            count=len(days),
            first=language.date(days[0]),
            last=language.date(days[-1]),
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=phrases.join_sentences(
            language.gettext(
                "A line is the share of the downloads of derivatives in the thirty days before each date that go back "
                "to models of a country, whoever uploaded the derivative."
            ),
            state_tags(topic, language),
            phrases.describe_growth(report.data, language),
        ),
        alt=phrases.join_sentences(finding, _describe_ends(shares, language)),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_lines, table, picture, language=language),
    )


def _keep(points: Sequence[Point], most: int) -> tuple[tuple[dt.date, float], ...]:
    """Keep the newest points that have a value."""
    return tuple((point.date, point.value) for point in points if point.value is not None)[-most:]


def _list_shares(
    known: Mapping[str, Sequence[tuple[dt.date, float]]], shares: Mapping[str, float]
) -> dict[str, dict[dt.date, float]]:
    """List the shares, date by date, of the largest countries, the other countries and what has none."""
    places = sorted((code for code in known if code not in NOT_PLACES), key=lambda code: (-shares.get(code, 0), code))
    groups = {code: [code] for code in places[:NAMED]}
    groups |= {REST: places[NAMED:], NOBODY: [code for code in known if code in NOT_PLACES]}
    return {code: _sum_points([known[each] for each in codes]) for code, codes in groups.items() if codes}


def _sum_points(lines: Sequence[Sequence[tuple[dt.date, float]]]) -> dict[dt.date, float]:
    sums: dict[dt.date, float] = {}
    for line in lines:
        for day, share in line:
            sums[day] = sums.get(day, 0.0) + share
    return dict(sorted(sums.items()))


def _style_lines(shares: Mapping[str, Mapping[dt.date, float]], language: Language) -> tuple[Line, ...]:
    """Return how the lines look: the first two heavier than the others."""
    heavy = list(shares)[:2]
    return tuple(
        replace(style_line(code, language), weight=2.6 if code in heavy and code not in {REST, NOBODY} else 1.5)
        for code in shares
    )


def _describe_ends(shares: Mapping[str, Mapping[dt.date, float]], language: Language) -> str:
    ends = {code: [*points.values()][-1] for code, points in shares.items()}
    return language.gettext(
        "On the last of these dates: %(parts)s.",
        parts=", ".join(f"{style_line(code, language).name} {language.percent(end)}" for code, end in ends.items()),
    )


def _list_table(shares: Mapping[str, Mapping[dt.date, float]], language: Language) -> Table:
    return Table(
        columns=(
            parts.date_column("date", language.gettext("Date")),
            parts.text_column("code", language.gettext("Code")),
            parts.text_column("origin", language.gettext("Origin")),
            parts.share_column("share", language.gettext("Share")),
        ),
        rows=tuple(
            (day.isoformat(), code, style_line(code, language).name, share)
            for code, points in shares.items()
            for day, share in points.items()
        ),
    )


# --- Who builds on whom ------------------------------------------------------------------------------


@dataclass(frozen=True)
class MatrixRow:
    """The builders of one country or category.

    Attributes:
        code: of the builders.
        models: their derivatives.
        shares: part of these by origin, in the columns' order; they sum to 1.
    """

    code: str
    models: int
    shares: tuple[float, ...]


def pick_matrix(pairs: Sequence[Pair]) -> tuple[tuple[str, ...], tuple[MatrixRow, ...]]:
    """Return the columns, and the rows: the largest countries of builders, the others together, then no countries.

    Every pair is in one field: the rows' models sum to all derivatives.
    """
    origins, builders = _sum_by(pairs, "origin"), _sum_by(pairs, "builder")
    columns = [code for code in origins if code not in NOT_PLACES][:ORIGINS]
    columns += [REST] if any(code not in {*columns, *NOT_PLACES} for code in origins) else []
    columns += [NOBODY] if any(code in NOT_PLACES for code in origins) else []
    named = [code for code in builders if code not in NOT_PLACES][:BUILDERS]
    fields: dict[str, dict[str, int]] = {code: {} for code in (*named, REST, *NOT_PLACES)}
    for pair in pairs:
        row = fields[pair.builder if pair.builder in fields else REST]
        column = _column_of(pair.origin, columns)
        row[column] = row.get(column, 0) + pair.models
    rows = [(code, row, sum(row.values())) for code, row in fields.items()]
    return tuple(columns), tuple(
        MatrixRow(code, total, tuple(row.get(column, 0) / total for column in columns))
        for code, row, total in rows
        if total
    )


def _column_of(code: str, columns: Sequence[str]) -> str:
    if code in columns:
        return code
    return NOBODY if code in NOT_PLACES else REST


def _sum_by(pairs: Sequence[Pair], side: str) -> dict[str, int]:
    sums: dict[str, int] = {}
    for pair in pairs:
        code = getattr(pair, side)
        sums[code] = sums.get(code, 0) + pair.models
    return dict(sorted(((code, number) for code, number in sums.items() if number), key=lambda item: (-item[1], item)))


def _build_matrix(topic: Derivatives, report: Report, language: Language) -> Figure | None:
    columns, rows = pick_matrix(topic.pairs)
    if not rows:
        return None
    finding = _state_matrix(columns, rows, language)
    return Figure(
        slug="derivatives-matrix",
        headline=finding,
        subtitle=language.gettext(
            "Share of each builder country's derivatives, by the origin's country · models in the snapshot of "
            "%(date)s · %(number)s derivatives",
            date=language.date(topic.as_of),
            number=language.count(sum(pair.models for pair in topic.pairs)),
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=phrases.join_sentences(
            language.gettext(
                "A row is where the builders are, a column whose models they built on; a row sums to 100%%. The number "
                "at its end is how many derivatives it has. Persons are never given a country and stand as "
                "unaffiliated; accounts that nobody has reviewed have a row of their own."
            ),
            state_tags(topic, language),
        ),
        alt=phrases.join_sentences(
            finding,
            *[
                language.gettext(
                    "%(builder)s: %(parts)s.",
                    builder=_name_column(row.code, language),
                    parts=", ".join(
                        f"{_name_column(column, language)} {language.percent(share, 0)}"
                        for column, share in zip(columns, row.shares, strict=True)
                        if share
                    ),
                )
                for row in rows
            ],
        ),
        columns=(
            parts.text_column("builder", language.gettext("Builders in")),
            parts.text_column("origin", language.gettext("Origin")),
            parts.share_column("share", language.gettext("Share of the builders' derivatives")),
            parts.count_column("models", language.gettext("Models")),
        ),
        rows=tuple(
            (_name_column(row.code, language), _name_column(column, language), share, round(share * row.models))
            for row in rows
            for column, share in zip(columns, row.shares, strict=True)
        ),
        draw=partial(_draw_matrix, columns, rows, language),
    )


def _state_matrix(columns: Sequence[str], rows: Sequence[MatrixRow], language: Language) -> str:
    """State how much the largest builder country builds on the largest origin."""
    first = rows[0]
    share = first.shares[0]
    if columns[0] == first.code:
        return language.gettext(
            "Of the derivatives by builders in %(builder)s, %(share)s go back to models from their own country.",
            builder=parts.in_sentence(first.code, language),
            share=language.percent(share),
        )
    own = first.shares[columns.index(first.code)] if first.code in columns else None
    if own is None:
        return language.gettext(
            "Of the derivatives by builders in %(builder)s, %(share)s go back to models from %(origin)s.",
            builder=parts.in_sentence(first.code, language),
            share=language.percent(share),
            origin=parts.in_sentence(columns[0], language),
        )
    return language.gettext(
        "Of the derivatives by builders in %(builder)s, %(share)s go back to models from %(origin)s, %(own)s to models "
        "from their own country.",
        builder=parts.in_sentence(first.code, language),
        share=language.percent(share),
        origin=parts.in_sentence(columns[0], language),
        own=language.percent(own),
    )


def _name_column(code: str, language: Language) -> str:
    names = {REST: language.gettext("Other countries"), NOBODY: language.gettext("No country")}
    return names.get(code) or language.place(code)


def _name_row(code: str, language: Language, *, is_short: bool) -> str:
    if not is_short:
        return _name_column(code, language)
    return language.gettext("Others") if code == REST else parts.short_place(code, language)


def _short_column(code: str, language: Language, room: float) -> str:
    """Name a column as its room allows: a country's name, or its code."""
    names = {REST: language.gettext("Other"), NOBODY: language.gettext("None")}
    name = names.get(code) or parts.short_place(code, language)
    return name if code in names or measure(name, SMALL_TEXT) <= room else code


def _draw_matrix(columns: Sequence[str], rows: Sequence[MatrixRow], language: Language, width: int) -> alt.LayerChart:
    names = {row.code: _name_row(row.code, language, is_short=width < WIDE) for row in rows}
    left = min(max(measure(name, TEXT) for name in names.values()) + 12, width * 0.3)
    right = width - max(measure(language.count(row.models), SMALL_TEXT) for row in rows) - 12
    step, height, top = (right - left) / len(columns), 30, 30
    heads = [
        {
            "x": round(left + step * (place + 0.5), 1),
            "y": 14,
            "text": _short_column(code, language, step),
        }
        for place, code in enumerate(columns)
    ]
    cells: list[dict[str, Any]] = [
        {
            "x": round(left + step * place + 1, 1),
            "x2": round(left + step * (place + 1) - 1, 1),
            "y": top + height * line + 1,
            "y2": top + height * (line + 1) - 1,
            "colour": _shade(share),
            "ink": colour("paper" if share >= 0.5 else "ink"),
            "text": language.percent(share, 0) if share >= 0.005 else ("·" if share else ""),
            "builder": _name_column(row.code, language),
            "origin": _name_column(column, language),
            "value": language.percent(share),
        }
        for line, row in enumerate(rows)
        for place, (column, share) in enumerate(zip(columns, row.shares, strict=True))
    ]
    numbers = [
        cell | {"x": round((cell["x"] + cell["x2"]) / 2, 1), "y": cell["y"] + height / 2 - 0.5}
        for cell in cells
        if cell["text"]
    ]
    middles = [top + height * (line + 0.5) for line in range(len(rows))]
    return build_canvas(
        [
            parts.small_labels(heads, align="center"),
            margins.build_bars(
                cells,
                parts.build_tooltip(
                    ("builder", language.gettext("Builders in")),
                    ("origin", language.gettext("Origin")),
                    ("value", language.gettext("Share")),
                ),
            ),
            parts.build_labels(numbers, align="center", fontSize=SMALL_TEXT).encode(color=parts.own_colour("ink")),
            parts.build_labels(
                [
                    {"x": 0, "y": y, "text": cut(names[row.code], TEXT, left - 6)}
                    for row, y in zip(rows, middles, strict=True)
                ]
            ),
            parts.small_labels(
                [
                    {"x": width, "y": y, "text": language.count(row.models)}
                    for row, y in zip(rows, middles, strict=True)
                ],
                align="right",
            ),
        ],
        width,
        top + height * len(rows) + 2,
    )


def _shade(share: float) -> str:
    if share >= 0.5:
        return colour("seq-5")
    if share >= 0.1:
        return colour("seq-1")
    return colour("seq-0" if share else "nothing")


# --- Re-uploaders ------------------------------------------------------------------------------------


def _build_uploaders(topic: Derivatives, report: Report, language: Language) -> Figure | None:
    chosen = topic.uploaders[:UPLOADERS]
    if not chosen:
        return None
    finding = _state_uploaders(topic, language)
    return Figure(
        slug="derivatives-reuploaders",
        headline=finding,
        subtitle=language.gettext(
            "Downloads of quantised and converted copies of others' models · 30 days to %(date)s · by the origin's "
            "country · the %(number)s accounts with most",
            date=language.date(topic.as_of),
            number=len(chosen),
        ),
        source=sentences.describe_source(report.data, language),
        how_to_read=language.gettext(
            "A bar is an account that uploads copies of others' models, with the downloads of these copies at its "
            "right; its parts are the countries of those whose models it carries."
        ),
        alt=phrases.join_sentences(
            finding,
            *[
                language.gettext(
                    "%(name)s: %(parts)s.",
                    name=label(row.publisher),
                    parts=", ".join(
                        f"{piece.label} {language.percent(piece.share, 0)}" for piece in _divide(row, language)
                    ),
                )
                for row in chosen[:3]
            ],
        ),
        columns=(
            parts.text_column("publisher", language.gettext("Account")),
            parts.text_column("country", language.gettext("Its country")),
            parts.count_column("downloads", language.gettext("Downloads, 30 days")),
            parts.text_column("origin", language.gettext("Origin")),
            parts.share_column("share", language.gettext("Share")),
        ),
        rows=tuple(
            (label(row.publisher), language.place(row.code), row.downloads_30d, piece.label, piece.share)
            for row in chosen
            for piece in _divide(row, language)
        ),
        draw=partial(_draw_uploaders, chosen, language),
    )


def _state_uploaders(topic: Derivatives, language: Language) -> str:
    first = topic.uploaders[0]
    carried = first.carried[0] if first.carried else None
    if carried is None:
        return language.gettext("No copy was downloaded in these days.")
    return language.gettext(
        "The account with most downloads of copies, %(name)s, has %(share)s of them; %(part)s of its own go back to "
        "%(origin)s.",
        name=label(first.publisher),
        share=language.percent(first.share),
        part=language.percent(carried.share),
        origin=label(carried.origin),
    )


def _list_styles(language: Language) -> dict[str, Style]:
    """Return how the parts of a re-uploader's bar look: two countries, the others, what has no country."""
    return {
        "CN": Style(language.place("CN"), place_colour("CN"), "paper"),
        "US": Style(language.place("US"), place_colour("US"), "paper"),
        REST: Style(language.gettext("Other countries"), place_colour(REST)),
        NOBODY: Style(language.gettext("No country"), colour("unreviewed"), is_open=True),
    }


def _divide(row: Uploader, language: Language) -> tuple[Part, ...]:
    sums: dict[str, float] = {}
    for code, share in row.countries.items():
        key = _column_of(code, ("CN", "US"))
        sums[key] = sums.get(key, 0.0) + share
    return divide(sums, row.downloads_30d, _list_styles(language))


def _draw_uploaders(chosen: Sequence[Uploader], language: Language, width: int) -> alt.LayerChart:
    bars = [Bar(label(row.publisher), language.short(row.downloads_30d), _divide(row, language)) for row in chosen]
    titles = (language.gettext("Account"), language.gettext("Origin"))
    return draw_stacks(bars, _list_styles(language), titles, language, width)
