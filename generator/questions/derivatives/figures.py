"""Derivatives: on whose models the world builds, who builds on whom, and whose models the re-uploaders carry."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from generator.base.encode import label
from generator.figures import parts
from generator.figures.figure import Figure, Table
from generator.figures.lines import LOW, Line, Lines, Panel, draw_lines
from generator.figures.matrix import Cell, Group, Head, Matrix, draw_matrix
from generator.figures.stacks import Part, Stack, Stacks, draw_stacks, sum_shares
from generator.questions import phrases, sentences
from generator.questions.derivatives.tables import MIN_MODELS, Derivatives, Pair, Uploader
from generator.questions.report import Report
from generator.questions.series import Point
from generator.questions.shares.history import NOBODY, REST, style_line
from generator.questions.surges import pick_standing
from generator.star.shares import NOT_PLACES
from generator.text import words
from generator.text.say import NOTHING, Sentence, join, listing, say, write

# The figure of models that came out, whose counts play no part.
NEW_MODELS: Final = "derivatives-new"
NAMED: Final = 3
MONTHS: Final = 36
BUILDERS: Final = 6
ORIGINS: Final = 4
UPLOADERS: Final = 10
# Countries with a part of their own in a re-uploader's bar.
UPLOADED: Final = ("CN", "US")


def build(topic: Derivatives, report: Report) -> tuple[Figure, ...]:
    """Build the topic's figures, each where it has something to show."""
    builders = (_build_new, _build_downloads, _build_matrix, _build_uploaders)
    return tuple(figure for builder in builders if (figure := builder(topic, report)))


def state(topic: Derivatives, report: Report) -> dict[str, Sentence]:
    """State the findings, what the origins are known by, and how the list changed."""
    return {
        "new": state_new(topic),
        "downloads": state_downloads(topic),
        "tags": state_tags(topic),
        "basis": _state_basis(topic),
        "relations": _state_relations(topic),
        "growth": phrases.describe_growth(report.data),
    }


def state_new(topic: Derivatives) -> Sentence:
    """State on whose models the new derivatives of the last twelve whole months were built."""
    year = topic.year
    if year.number < MIN_MODELS:
        return say("Too few new derivatives are in these data to tell on whose models they are built.")
    return say(
        "Of the {number:count} derivatives listed that were made in the twelve months to {date:date}, {parts}.",
        number=year.number,
        date=year.date,
        parts=_name_leaders(year.shares()),
    )


def state_downloads(topic: Derivatives) -> Sentence:
    """State whose models the downloads of derivatives go back to on the newest date."""
    shares = topic.dates[-1].shares()
    if not shares:
        return say("No derivative was downloaded in the thirty days to the newest date.")
    return say(
        "Of the downloads of derivatives in the thirty days to {date:date}, {parts}.",
        date=topic.dates[-1].date,
        parts=_name_leaders(shares),
    )


def _name_leaders(shares: Mapping[str, float]) -> Sentence:
    places = sorted((code for code in shares if code not in NOT_PLACES), key=lambda code: (-shares[code], code))[:2]
    named = [
        say("{share:percent} go back to models from {place:the}", share=shares[code], place=code) for code in places[:1]
    ]
    named += [say("{share:percent} to models from {place:the}", share=shares[code], place=code) for code in places[1:]]
    nobody = sum(shares.get(code, 0.0) for code in NOT_PLACES)
    named.append(say("{share:percent} to accounts without a country", share=nobody))
    return listing(named)


def state_tags(topic: Derivatives) -> Sentence:
    """Say what is missing where the data have no base-model tags; else nothing."""
    if topic.ground.has_tags:
        return NOTHING
    return say(
        "These data have no base-model tags. A derivative is known here by its name only, where that tells another "
        "account's family; one with a name of its own is taken for an original, and adapters and merges cannot be told "
        "from other fine-tuned versions. The numbers of derivatives are therefore lower bounds."
    )


def _state_basis(topic: Derivatives) -> Sentence:
    ground = topic.ground
    if not ground.downloads:
        return NOTHING
    known = say(
        "of these, the origin of {tags:percent} is known by base-model tags and of {family:percent} by the model's "
        "name",
        tags=ground.by_tags,
        family=ground.by_family,
    )
    if not ground.has_tags:
        known = say("the origin of all of these is known by the model's name")
    return say(
        "Derivatives account for {share:percent} of all downloads in the thirty days to {date:date}. Of their "
        "downloads {named:percent} are of models that the history names; {known}. Models with {own:spell} downloads "
        "that are no originals and name no other account as their origin are left out: they are made of their "
        "account's own models, or do not tell their base.",
        share=ground.share_of_all,
        date=topic.as_of,
        named=ground.named,
        known=known,
        own=ground.own,
    )


def _state_relations(topic: Derivatives) -> Sentence:
    sums: dict[str, int] = {}
    for part in topic.dates[-1].parts:
        sums[part.relation] = sums.get(part.relation, 0) + part.number
    total = sum(sums.values())
    if not total:
        return NOTHING
    named = [
        join(words.RELATIONS[relation], write(number / total, "percent"))
        for relation, number in sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    ]
    return say("By how they are made: {parts}.", parts=join(*named, between=", "))


# --- Shares over time --------------------------------------------------------------------------------


def _build_new(topic: Derivatives, report: Report) -> Figure | None:
    found = {name.rpartition(".")[2]: points for name, points in topic.series.items() if ".new-share." in name}
    known = {code: _keep(points, MONTHS) for code, points in found.items()}
    shares = _list_shares(known, topic.year.shares())
    days = list(next(iter(shares.values()), ()))
    if not days:
        return None
    finding, table = state_new(topic), _list_table(shares)
    picture = Lines((Panel(_style_lines(shares), "share"),), standing=pick_standing(report))
    return Figure(
        slug=NEW_MODELS,
        headline=finding,
        subtitle=say(
            "Share of new derivatives · by the origin's country · months of creation, {first:date} to {last:date}, "
            "those with at least {least}",
            first=days[0],
            last=days[-1],
            least=MIN_MODELS,
        ),
        source=sentences.describe_source(report.data),
        how_to_read=join(
            say(
                "A line is the share of the derivatives created in a month – quantised or converted copies, fine-tuned "
                "versions, adapters, merges – that go back to models of a country. What an account makes of its own "
                "models is left out. “No country” is what goes back to accounts that are international, unaffiliated "
                "or unreviewed."
            ),
            state_tags(topic),
            phrases.describe_growth(report.data),
        ),
        alt=join(finding, _describe_ends(shares)),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_lines, table, picture),
    )


def _build_downloads(topic: Derivatives, report: Report) -> Figure | None:
    found = {name.rpartition(".")[2]: points for name, points in topic.series.items() if ".download-share." in name}
    known = {code: _keep(points, len(points)) for code, points in found.items()}
    shares = _list_shares(known, topic.dates[-1].shares())
    days = list(next(iter(shares.values()), ()))
    if not days:
        return None
    finding, table = state_downloads(topic), _list_table(shares)
    lines = _style_lines(shares)
    picture = Lines((Panel(lines, "share"),), heights=LOW, standing=pick_standing(report))
    return Figure(
        slug="derivatives-downloads",
        headline=finding,
        subtitle=say(
            "Share of the downloads of derivatives · 30 days · all models · by the origin's country · at {count} "
            "dates, {first:date} to {last:date}",
            count=len(days),
            first=days[0],
            last=days[-1],
        ),
        source=sentences.describe_source(report.data),
        how_to_read=join(
            say(
                "A line is the share of the downloads of derivatives in the thirty days before each date that go back "
                "to models of a country, whoever uploaded the derivative."
            ),
            state_tags(topic),
            phrases.describe_growth(report.data),
        ),
        alt=join(finding, _describe_ends(shares)),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_lines, table, picture),
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


def _style_lines(shares: Mapping[str, Mapping[dt.date, float]]) -> tuple[Line, ...]:
    """Return how the lines look: the first two heavier than the others."""
    heavy = list(shares)[:2]
    return tuple(
        replace(style_line(code), weight=2.6 if code in heavy and code not in {REST, NOBODY} else 1.5)
        for code in shares
    )


def _describe_ends(shares: Mapping[str, Mapping[dt.date, float]]) -> Sentence:
    ends = {code: [*points.values()][-1] for code, points in shares.items()}
    return say(
        "On the last of these dates: {parts}.",
        parts=join(*(join(style_line(code).name, write(end, "percent")) for code, end in ends.items()), between=", "),
    )


def _list_table(shares: Mapping[str, Mapping[dt.date, float]]) -> Table:
    return Table(
        columns=(
            parts.date_column("date", say("Date")),
            parts.text_column("code", say("Code")),
            parts.text_column("origin", say("Origin")),
            parts.share_column("share", say("Share")),
        ),
        rows=tuple(
            (day.isoformat(), code, style_line(code).name, share)
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


def _build_matrix(topic: Derivatives, report: Report) -> Figure | None:
    columns, rows = pick_matrix(topic.pairs)
    if not rows:
        return None
    finding = _state_matrix(columns, rows)
    table = _list_matrix(columns, rows)
    return Figure(
        slug="derivatives-matrix",
        headline=finding,
        subtitle=say(
            "Share of each builder country's derivatives, by the origin's country · models in the snapshot of "
            "{date:date} · {number:count} derivatives",
            date=topic.as_of,
            number=sum(pair.models for pair in topic.pairs),
        ),
        source=sentences.describe_source(report.data),
        how_to_read=join(
            say(
                "A row is where the builders are, a column whose models they built on; a row sums to 100%. The number "
                "at its end is how many derivatives it has. Persons are never given a country and stand as "
                "unaffiliated; accounts that nobody has reviewed have a row of their own."
            ),
            state_tags(topic),
        ),
        alt=join(
            finding,
            *[
                say(
                    "{builder}: {parts}.",
                    builder=_name_column(row.code),
                    parts=join(
                        *(
                            join(_name_column(column), write(share, "percent0"))
                            for column, share in zip(columns, row.shares, strict=True)
                            if share
                        ),
                        between=", ",
                    ),
                )
                for row in rows
            ],
        ),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_matrix, table, choose_matrix(columns, rows)),
    )


def _list_matrix(columns: Sequence[str], rows: Sequence[MatrixRow]) -> Table:
    return Table(
        columns=(
            parts.text_column("builder", say("Builders in")),
            parts.text_column("origin", say("Origin")),
            parts.share_column("share", say("Share of the builders' derivatives")),
            parts.count_column("models", say("Models")),
        ),
        rows=tuple(
            (_name_column(row.code), _name_column(column), share, round(share * row.models))
            for row in rows
            for column, share in zip(columns, row.shares, strict=True)
        ),
    )


def _state_matrix(columns: Sequence[str], rows: Sequence[MatrixRow]) -> Sentence:
    """State how much the largest builder country builds on the largest origin."""
    first = rows[0]
    share = first.shares[0]
    if columns[0] == first.code:
        return say(
            "Of the derivatives by builders in {builder:the}, {share:percent} go back to models from their own "
            "country.",
            builder=first.code,
            share=share,
        )
    own = first.shares[columns.index(first.code)] if first.code in columns else None
    if own is None:
        return say(
            "Of the derivatives by builders in {builder:the}, {share:percent} go back to models from {origin:the}.",
            builder=first.code,
            share=share,
            origin=columns[0],
        )
    return say(
        "Of the derivatives by builders in {builder:the}, {share:percent} go back to models from {origin:the}, "
        "{own:percent} to models from their own country.",
        builder=first.code,
        share=share,
        origin=columns[0],
        own=own,
    )


def _name_column(code: str) -> Sentence:
    names = {REST: say("Other countries"), NOBODY: say("No country")}
    return names.get(code) or write(code, "place")


def choose_matrix(columns: Sequence[str], rows: Sequence[MatrixRow]) -> Matrix:
    """Return a row for each country of builders, a column for each country of origins."""
    names = {REST: say("Other"), NOBODY: say("None")}
    cells = tuple(
        Cell(
            _name_column(row.code),
            _name_column(column),
            (write(share, "percent0") if share >= 0.005 else "·",),
            "paper" if share >= 0.5 else "ink",
        )
        for row in rows
        for column, share in zip(columns, row.shares, strict=True)
        if share
    )
    return Matrix(
        groups=(Group(tuple(_head_row(row) for row in rows), cells),),
        columns=tuple(
            Head(
                _name_column(code),
                names.get(code) or write(code, "brief"),
                names.get(code, code),
            )
            for code in columns
        ),
        row="builder",
        column="origin",
        by="share",
        steps=((1e-6, "seq-0"), (0.1, "seq-1"), (0.5, "seq-5")),
    )


def _head_row(row: MatrixRow) -> Head:
    name = _name_column(row.code)
    short = say("Others") if row.code == REST else write(row.code, "brief")
    return Head(name, name, short, write(row.models, "count"))


# --- Re-uploaders ------------------------------------------------------------------------------------


def _build_uploaders(topic: Derivatives, report: Report) -> Figure | None:
    chosen = topic.uploaders[:UPLOADERS]
    if not chosen:
        return None
    finding = _state_uploaders(topic)
    table = _list_uploaders(chosen)
    return Figure(
        slug="derivatives-reuploaders",
        headline=finding,
        subtitle=say(
            "Downloads of quantised and converted copies of others' models · 30 days to {date:date} · by the origin's "
            "country · the {number} accounts with most",
            date=topic.as_of,
            number=len(chosen),
        ),
        source=sentences.describe_source(report.data),
        how_to_read=say(
            "A bar is an account that uploads copies of others' models, with the downloads of these copies at its "
            "right; its parts are the countries of those whose models it carries."
        ),
        alt=join(
            finding,
            *[
                say(
                    "{name}: {parts}.",
                    name=label(row.publisher),
                    parts=join(
                        *(
                            join(style_line(code).name, write(share, "percent0"))
                            for code, share in _sum_carried(row).items()
                        ),
                        between=", ",
                    ),
                )
                for row in chosen[:3]
            ],
        ),
        columns=table.columns,
        rows=table.rows,
        draw=partial(draw_stacks, table, choose_uploaders(chosen)),
    )


def _list_uploaders(chosen: Sequence[Uploader]) -> Table:
    return Table(
        columns=(
            parts.text_column("publisher", say("Account")),
            parts.text_column("country", say("Its country")),
            parts.count_column("downloads", say("Downloads, 30 days")),
            parts.text_column("origin", say("Origin")),
            parts.share_column("share", say("Share")),
        ),
        rows=tuple(
            (
                label(row.publisher),
                write(row.code, "place"),
                row.downloads_30d,
                style_line(code).name,
                share,
            )
            for row in chosen
            for code, share in _sum_carried(row).items()
        ),
    )


def _state_uploaders(topic: Derivatives) -> Sentence:
    first = topic.uploaders[0]
    carried = first.carried[0] if first.carried else None
    if carried is None:
        return say("No copy was downloaded in these days.")
    return say(
        "The account with most downloads of copies, {name}, has {share:percent} of them; {part:percent} of its own go "
        "back to {origin}.",
        name=label(first.publisher),
        share=first.share,
        part=carried.share,
        origin=label(carried.origin),
    )


def _sum_carried(row: Uploader) -> dict[str, float]:
    """Sum what a re-uploader carries: two countries, the others, what has no country."""
    known = {code: _column_of(code, UPLOADED) for code in row.countries}
    sums = sum_shares(row.countries, known, REST)
    return {code: sums[code] for code in (*UPLOADED, REST, NOBODY) if sums.get(code)}


def choose_uploaders(chosen: Sequence[Uploader]) -> Stacks:
    """Return a bar for each account, divided by the country of those whose models it carries."""
    lines = {code: style_line(code) for code in (*UPLOADED, REST)}
    kinds = [Part(line.name, line.ink, "paper" if code in UPLOADED else "ink") for code, line in lines.items()]
    nobody = Part(style_line(NOBODY).name, "unreviewed", is_open=True)
    bars = tuple(Stack(label(row.publisher), write(row.downloads_30d, "short")) for row in chosen)
    return Stacks(bars, (*kinds, nobody), bar="publisher", part="origin")
