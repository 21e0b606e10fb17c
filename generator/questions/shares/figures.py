"""Who has which share now: bars with their bounds, and what no country is given below them."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from generator.figures import parts
from generator.figures.bars import Bar, Bars, Group, draw_bars
from generator.figures.figure import Cell, Column, Figure, Table
from generator.figures.theme import place_colour
from generator.questions import phrases, sentences
from generator.questions.report import Report
from generator.registry import UNREVIEWED
from generator.star.shares import NOT_PLACES, ShareRow, ShareTable
from generator.text.say import Sentence, join, say, write

SLUG: Final = "share-now"
# Countries with a bar: at most, at least, and from which share on one beyond these has one.
PLACES: Final = (10, 5)
LEAST: Final = 0.005
REST: Final = "REST"


def build_share_now(report: Report) -> Figure:
    """Build the bars of the headline's definition on the newest date."""
    table = report.table(report.headline)
    finding, shown = sentences.state_table(table, report.data.scope), pick_rows(table)
    return Figure(
        slug=SLUG,
        headline=join(finding, sentences.state_without(report, table.definition)),
        subtitle=sentences.describe_subtitle(table),
        source=sentences.describe_source(report.data),
        how_to_read=say(
            "A bar is a country's share of all downloads counted; the bars add up to 100%. The thin line reaches as "
            "far as the share would if everything that nobody has reviewed yet were that country's. Grey bars below "
            "are downloads that no country is given."
        ),
        alt=join(
            finding,
            sentences.state_without(report, table.definition),
            phrases.describe_unattributed(table.unattributed, table.share_of("UNREVIEWED")),
        ),
        columns=list_columns(),
        rows=list_table(table.rows).rows,
        draw=partial(draw_bars, shown, choose_picture(shown)),
    )


def list_columns() -> tuple[Column, ...]:
    """Describe the columns of a table of shares."""
    return (
        parts.text_column("code", say("Code")),
        parts.text_column("place", say("Country or category")),
        parts.count_column("downloads", say("Downloads")),
        parts.share_column("share", say("Share")),
        parts.share_column("lower", say("Without unreviewed accounts")),
        parts.share_column("upper", say("With all unreviewed accounts")),
        parts.count_column("models", say("Models")),
    )


def list_table(rows: Sequence[ShareRow]) -> Table:
    """List rows of shares."""
    return Table(list_columns(), tuple(_list_row(row, write(row.code, "place")) for row in rows))


def _list_row(row: ShareRow, name: Sentence) -> tuple[Cell, ...]:
    return row.code, name, row.downloads, row.share, row.lower, row.upper, row.models


def pick_rows(table: ShareTable) -> Table:
    """Pick the largest countries, the sum of the others, then every category that is no country."""
    most, least = PLACES
    shown = max(sum(row.share >= LEAST for row in table.places[:most]), least)
    rest = table.places[shown:]
    rows = [*table.places[:shown], *([_sum_rest(rest, table)] if rest else [])]
    rows += [row for code in NOT_PLACES if (row := table.find(code))]
    names = {REST: say("{number} other countries", number=len(rest))}
    return Table(list_columns(), tuple(_list_row(row, names.get(row.code) or write(row.code, "place")) for row in rows))


def _sum_rest(rest: Sequence[ShareRow], table: ShareTable) -> ShareRow:
    """Sum rows; one of them alone could have all that is unreviewed."""
    share = sum(row.share for row in rest)
    return ShareRow(
        code=REST,
        downloads=sum(row.downloads for row in rest),
        share=share,
        lower=share,
        upper=min(1.0, share + table.share_of(UNREVIEWED)),
        models=sum(row.models for row in rest),
        rank=None,
    )


def choose_picture(table: Table) -> Bars:
    """Return the bars of countries and, below them, of what is no country, with their bounds."""
    rows = table.records()
    places = [row for row in rows if row["code"] not in NOT_PLACES]
    groups = (places, [row for row in rows if row["code"] in NOT_PLACES])
    return Bars(
        groups=tuple(
            Group(tuple(Bar(row["place"], write(row["share"], "percent")) for row in group))
            for group in groups
            if group
        ),
        name="place",
        value="share",
        inks={str(row["code"]): place_colour(str(row["code"])) for row in rows},
        bounds=("lower", "upper"),
        open=(UNREVIEWED,),
    )
