"""Derivatives: on whose models the world builds, who builds on whom, and whose models the re-uploaders carry."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import pandas as pd

from generator.base.encode import label
from generator.figures.figure import Figure, build_figure
from generator.figures.lines import LOW, Line, Lines, Panel, draw_lines
from generator.figures.matrix import Cell, Group, Head, Matrix, draw_matrix
from generator.figures.stacks import Part, Stack, Stacks, draw_stacks
from generator.figures.theme import name_colour
from generator.questions import phrases
from generator.questions.derivatives.tables import MIN_MODELS
from generator.questions.derivatives.words import read_downloads, read_year, state, state_matrix
from generator.questions.ground import Tables
from generator.questions.report import Report
from generator.questions.shares.figures import style_line
from generator.questions.shares.tables import NAMES, NOBODY, REST, name_part
from generator.questions.surges import pick_standing
from generator.star.columns import COLUMNS
from generator.star.shares import NOT_PLACES
from generator.star.table import Table
from generator.text.say import Sentence, join, say, write

NAMED: Final = 2
MONTHS: Final = 24
BUILDERS: Final = 6
ORIGINS: Final = 4
# Builders have a row in the picture from so many derivatives on, a country of origins a column from this part on.
LEAST_BUILT: Final = 20
LEAST_PART: Final = 0.01
UPLOADERS: Final = 10
# Countries with a part of their own in a re-uploader's bar.
UPLOADED: Final = ("CN", "US")
# Places that are drawn together have the names of their sums.
_ORIGIN: Final = replace(COLUMNS["origin_code"], vocabulary=NAMES)
_BUILDER: Final = replace(COLUMNS["publisher_code"], vocabulary=NAMES)


def build(tables: Tables, report: Report) -> tuple[Figure | None, ...]:
    """Build the figures, each where it has something to show."""
    said = state(tables, report)
    return (
        _build_new(tables, said, report),
        _build_downloads(tables, said, report),
        _build_matrix(tables, said, report),
        _build_uploaders(tables, said, report),
    )


def _build_new(tables: Tables, said: Mapping[str, Sentence], report: Report) -> Figure | None:
    shares = group_origins(tables["derivatives-new-history"], "new_share", read_year(tables), MONTHS)
    if not len(shares.frame):
        return None
    days = shares.frame["as_of"]
    return build_figure(
        shares,
        draw_lines,
        Lines((Panel(_style_lines(shares), "share"),), "as_of", "origin_code", standing=pick_standing(report)),
        slug="derivatives-new",
        headline=said["new"],
        subtitle=say(
            "Share of new derivatives · by the maker's country · months of creation, {first:date} to {last:date}, "
            "those with at least {least}",
            first=days.min(),
            last=days.max(),
            least=MIN_MODELS,
        ),
        how_to_read=join(
            say(
                "A line is the share of the derivatives created in a month – quantised or converted copies, fine-tuned "
                "versions, adapters, merges – that go back to models of a country. What an account makes of its own "
                "models is left out. “No country” is what goes back to accounts that are international, unaffiliated "
                "or unreviewed."
            ),
            said["tags"],
            said["growth"],
        ),
        alt=_describe_ends(shares),
    )


def _build_downloads(tables: Tables, said: Mapping[str, Sentence], report: Report) -> Figure | None:
    largest = read_downloads(tables, report)
    shares = group_origins(tables["derivatives-downloads-history"], "download_share", largest)
    if not len(shares.frame):
        return None
    days = shares.frame["as_of"]
    lines = Panel(_style_lines(shares), "share")
    return build_figure(
        shares,
        draw_lines,
        Lines((lines,), "as_of", "origin_code", heights=LOW, standing=pick_standing(report)),
        slug="derivatives-downloads",
        headline=said["downloads"],
        subtitle=say(
            "Share of the downloads of derivatives · 30 days · all models · by the maker's country · at {count} "
            "dates, {first:date} to {last:date}",
            count=days.nunique(),
            first=days.min(),
            last=days.max(),
        ),
        how_to_read=join(
            say(
                "A line is the share of the downloads of derivatives in the thirty days before each date that go back "
                "to models of a country, whoever uploaded the derivative."
            ),
            said["tags"],
            said["growth"],
        ),
        alt=_describe_ends(shares),
    )


def group_origins(history: Table, column: str, newest: Mapping[str, float], most: int | None = None) -> Table:
    """Sum shares over time to those of the largest countries, of the other countries and of what has no country.

    Args:
        history: a row a country or category of origin and date.
        column: of the shares; dates without one are left out.
        newest: shares by which the largest are chosen.
        most: of the newest dates; None for all of them.
    """
    known = history.frame.dropna(subset=[column]).astype({"as_of": object, "origin_code": "str"})
    known = known[known["as_of"].isin(sorted(known["as_of"].unique())[-(most or len(known)) :])]
    places = sorted(set(known["origin_code"]) - set(NOT_PLACES), key=lambda code: (-newest.get(code, 0.0), code))
    order = [*places[:NAMED], REST, NOBODY]
    groups = known["origin_code"].map(lambda code: _group_of(code, order))
    shares = known.groupby([groups, "as_of"])[column].sum().rename("share").reset_index()
    shares = shares.sort_values("origin_code", key=lambda codes: codes.map(order.index), kind="stable")
    return replace(history, columns=(COLUMNS["as_of"], _ORIGIN, COLUMNS["share"]), frame=shares)


def _group_of(code: str, named: Sequence[str]) -> str:
    """Return a code that is named, or the sum that it belongs to."""
    if code in named:
        return code
    return NOBODY if code in NOT_PLACES else REST


def _style_lines(shares: Table) -> tuple[Line, ...]:
    """Return how the lines look: the first two heavier than the others."""
    codes = shares.frame["origin_code"].unique().tolist()
    return tuple(
        replace(style_line(code), weight=2.6 if place < 2 and code not in NAMES else 1.5)
        for place, code in enumerate(codes)
    )


def _describe_ends(shares: Table) -> Sentence:
    ends = shares.where(as_of=shares.frame["as_of"].max()).records()
    parts = phrases.list_shares((name_part(row["origin_code"]), row["share"]) for row in ends)
    return say("On the last of these dates: {parts}.", parts=parts)


def group_pairs(pairs: Table) -> Table:
    """Sum pairs to the largest countries, the others together, and those of no country; builders by their categories.

    Every pair is in one field: the models sum to all derivatives. A field without models stands there, too.
    """
    frame = pairs.frame.astype({"publisher_code": "str", "origin_code": "str"})
    builders, origins = (_sum_codes(frame, column) for column in ("publisher_code", "origin_code"))
    rows = [*_pick_large(builders, 1)[:BUILDERS], REST, *NOT_PLACES]
    columns = [*_pick_large(origins, LEAST_PART * frame["models"].sum())[:ORIGINS], REST, NOBODY]
    frame = frame.assign(
        publisher_code=[code if code in rows else REST for code in frame["publisher_code"]],
        origin_code=[_group_of(code, columns) for code in frame["origin_code"]],
    )
    keys = {"publisher_code": rows, "origin_code": columns}
    there = [[code for code in codes if code in set(frame[key])] for key, codes in keys.items()]
    sums = frame.groupby(list(keys))["models"].sum()
    fields = sums.reindex(pd.MultiIndex.from_product(there, names=list(keys)), fill_value=0).reset_index()
    share = fields["models"] / fields.groupby("publisher_code")["models"].transform("sum")
    fields = fields.assign(share=share)[share.notna()]
    return replace(pairs, columns=(_BUILDER, _ORIGIN, COLUMNS["share"], COLUMNS["models"]), frame=fields)


def _sum_codes(frame: pd.DataFrame, column: str) -> pd.Series:
    """Sum models by code, most first."""
    return frame.groupby(column)["models"].sum().sort_values(ascending=False, kind="stable")


def _pick_large(sums: pd.Series, least: float) -> list[str]:
    """Pick the countries with enough models."""
    return [str(code) for code in sums[sums >= least].index if code not in NOT_PLACES]


def _build_matrix(tables: Tables, said: Mapping[str, Sentence], report: Report) -> Figure | None:
    fields = group_pairs(tables["derivatives-matrix"])
    cells: dict[str, dict[str, float]] = {}
    for row in fields.records():
        cells.setdefault(row["publisher_code"], {})[row["origin_code"]] = row["share"]
    if not cells or fields.frame.groupby("publisher_code")["models"].sum().max() < LEAST_BUILT:
        return None
    described = (
        say(
            "{builder}: {parts}.",
            builder=name_part(builder),
            parts=phrases.list_shares(
                ((name_part(code), share) for code, share in shares.items() if share), "percent0"
            ),
        )
        for builder, shares in cells.items()
    )
    return build_figure(
        fields,
        draw_matrix,
        _choose_matrix(fields, cells),
        slug="derivatives-matrix",
        headline=state_matrix(cells),
        subtitle=say(
            "Derivatives by the publisher's country, and shares of the makers' countries in them · models in the "
            "snapshot of {date:date} · {number:count} derivatives",
            date=report.data.as_of,
            number=int(fields.frame["models"].sum()),
        ),
        how_to_read=join(
            say(
                "A row is the country of the publishers, a column the country of those whose models they built on; a "
                "row sums to 100%. The number at its end counts its derivatives. Persons are never given a country and "
                "stand as unaffiliated; accounts that nobody has reviewed have a row of their own."
            ),
            said["tags"],
        ),
        alt=join(*described),
    )


def _choose_matrix(fields: Table, cells: Mapping[str, Mapping[str, float]]) -> Matrix:
    """Return a row for each country of builders that built enough, a column for each country of origins."""
    sums = fields.frame.groupby("publisher_code")["models"].sum()
    short = {REST: say("Other"), NOBODY: say("None")}
    written = tuple(
        Cell(
            name_part(builder),
            name_part(code),
            (write(share, "percent0") if share >= 0.005 else "·",),
            "paper" if share >= 0.5 else "ink",
        )
        for builder, shares in cells.items()
        for code, share in shares.items()
        if share and sums[builder] >= LEAST_BUILT
    )
    rows = (
        Head(
            name_part(code),
            name_part(code),
            say("Others") if code == REST else write(code, "brief"),
            write(int(sums[code]), "count"),
        )
        for code in cells
        if sums[code] >= LEAST_BUILT
    )
    heads = (
        Head(name_part(code), short.get(code) or write(code, "brief"), short.get(code, code))
        for code in fields.frame["origin_code"].unique().tolist()
    )
    return Matrix(
        groups=(Group(tuple(rows), written),),
        columns=tuple(heads),
        row="publisher",
        column="origin",
        by="share",
        steps=((1e-6, "seq-0"), (0.1, "seq-1"), (0.5, "seq-5")),
    )


def _build_uploaders(tables: Tables, said: Mapping[str, Sentence], report: Report) -> Figure | None:
    chosen = tables["derivatives-reuploaders"].first(UPLOADERS).records()
    if not chosen:
        return None
    carried = _group_carried(tables["derivatives-carried"].where(publisher=tuple(row["publisher"] for row in chosen)))
    described = (
        say(
            "{name}: {parts}.",
            name=label(row["publisher"]),
            parts=phrases.list_shares(
                (
                    (name_part(part["origin_code"]), part["share"])
                    for part in carried.where(publisher=row["publisher"]).records()
                ),
                "percent0",
            ),
        )
        for row in chosen[:3]
    )
    bars = (Stack(label(row["publisher"]), write(row["downloads_30d"], "short")) for row in chosen)
    return build_figure(
        carried,
        draw_stacks,
        Stacks(tuple(bars), _list_parts(), bar="publisher", part="origin"),
        slug="derivatives-reuploaders",
        headline=said["uploaders"],
        subtitle=say(
            "Downloads of quantised and converted copies of others' models · 30 days to {date:date} · by the maker's "
            "country · the {number} accounts with most",
            date=report.data.as_of,
            number=len(chosen),
        ),
        how_to_read=say(
            "A bar is an account that uploads copies of others' models, with the downloads of these copies at its "
            "right; its parts are the countries of those whose models it carries."
        ),
        alt=join(*described),
    )


def _group_carried(carried: Table) -> Table:
    """Sum what re-uploaders carry: two countries, the others, what has no country."""
    order = [*UPLOADED, REST, NOBODY]
    keys = ["publisher", "country_code", "downloads_30d"]
    frame = carried.frame.astype({"publisher": "str", "country_code": "str", "origin_code": "str"})
    places = [order.index(_group_of(code, UPLOADED)) for code in frame["origin_code"]]
    sums = frame.assign(place=places).groupby([*keys, "place"], sort=False)["share"].sum().reset_index()
    sums = sums.sort_values(["downloads_30d", "publisher", "place"], ascending=[False, True, True], kind="stable")
    named = sums.assign(origin_code=[order[place] for place in sums["place"]]).drop(columns="place")
    columns = (_ORIGIN if column.name == "origin_code" else column for column in carried.columns)
    return replace(carried, columns=tuple(columns), frame=named)


def _list_parts() -> tuple[Part, ...]:
    """List the parts of a re-uploader's bar."""
    kinds = (Part(name_part(code), name_colour(code)) for code in (*UPLOADED, REST))
    return (*kinds, Part(name_part(NOBODY), "unreviewed"))
