"""Who has which share now: bars with their bounds, and what no country is given below them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final

from generator.figures.bars import Bar, Bars, Group, draw_bars
from generator.figures.figure import Figure, build_figure, name_codes
from generator.figures.theme import place_colour
from generator.questions import phrases, sentences
from generator.questions.report import Report
from generator.registry import UNREVIEWED
from generator.star.columns import COLUMNS
from generator.star.shares import NOT_PLACES, ShareRow, ShareTable
from generator.star.table import Table, declare_table
from generator.text.say import Sentence, join, say, write

SLUG: Final = "share-now"
# Countries with a bar: at most, at least, and from which share on one beyond these has one.
PLACES: Final = (10, 5)
LEAST: Final = 0.005
REST: Final = "REST"
BARS: Final = declare_table(
    "share-now",
    "Shares now",
    "A country or category.",
    *(COLUMNS[name] for name in ("country_code", "downloads", "share", "share_lower", "share_upper", "models")),
)


def build_share_now(report: Report) -> Figure:
    """Build the bars of the headline's definition on the newest date."""
    table = report.table(report.headline)
    finding, rows = sentences.state_table(table, report.data.scope), pick_rows(table)
    number = len(table.places) - sum(row.rank is not None for row in rows)
    names = {REST: say("{number} other countries", number=number)}
    shown, place = list_rows(rows), replace(COLUMNS["country_code"], vocabulary=names)
    figure = build_figure(
        replace(shown, columns=(place, *shown.columns[1:])),
        draw_bars,
        choose_picture(rows, lambda code: names.get(code) or write(code, "place")),
        slug=SLUG,
        headline=join(finding, sentences.state_without(report, table.definition)),
        subtitle=sentences.describe_subtitle(table),
        how_to_read=say(
            "A bar is a country's share of all downloads counted; the bars add up to 100%. The thin line reaches as "
            "far as the share would if everything that nobody has reviewed yet were that country's. Grey bars below "
            "are downloads that are attributed to no country."
        ),
        alt=phrases.describe_unattributed(table.unattributed, table.share_of("UNREVIEWED")),
    )
    return replace(figure, rows=name_codes(list_rows(table.rows)).rows)


def list_rows(rows: Iterable[ShareRow]) -> Table:
    """List rows of shares."""
    return BARS.hold([(row.code, row.downloads, row.share, row.lower, row.upper, row.models) for row in rows])


def pick_rows(table: ShareTable) -> tuple[ShareRow, ...]:
    """Pick the largest countries, the sum of the others, then every category that is no country."""
    most, least = PLACES
    shown = max(sum(row.share >= LEAST for row in table.places[:most]), least)
    rest = table.places[shown:]
    others = [row for code in NOT_PLACES if (row := table.find(code))]
    return (*table.places[:shown], *([_sum_rest(rest, table)] if rest else []), *others)


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


def choose_picture(rows: Sequence[ShareRow], name: Callable[[str], Sentence]) -> Bars:
    """Return the bars of countries and, below them, of what is no country, with their bounds."""
    groups = ([row for row in rows if (row.code in NOT_PLACES) == is_category] for is_category in (False, True))
    return Bars(
        groups=tuple(
            Group(tuple(Bar(name(row.code), write(row.share, "percent")) for row in group)) for group in groups if group
        ),
        name="country",
        value="share",
        by="country_code",
        inks={row.code: place_colour(row.code) for row in rows},
        bounds=("share_lower", "share_upper"),
        open=(UNREVIEWED,),
    )
