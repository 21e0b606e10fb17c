"""Countries over time as they are drawn: the share of one by publisher and by maker, of the larger ones, and ranks."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import pandas as pd

from generator.questions.report import CountryReport, Report
from generator.questions.shares.tables import LEAST_DRAWN, LINES, NOBODY
from generator.registry import Registry
from generator.star.accounts import PublisherRow
from generator.star.columns import COLUMNS
from generator.star.definitions import ATTRIBUTIONS, Definition
from generator.star.dominant import ALL_MODELS, find_largest_model, group_models
from generator.star.models import ModelRow
from generator.star.shares import ShareTable
from generator.star.table import Table, declare_table
from generator.star.task_groups import TaskShares
from generator.text.say import say

# Panels: two columns of three where there is room.
PANELS: Final = 6
# Ranks that are drawn, and countries with a line: those of the newest date.
RANKS: Final = 10
COUNTRY: Final = declare_table(
    "country",
    "A country over time",
    "A date under an attribution.",
    COLUMNS["as_of"],
    replace(COLUMNS["country_code"], kind="text", title=say("Code")),
    *(COLUMNS["attribution"], COLUMNS["share"]),
)
RANKED: Final = declare_table(
    "country-ranks",
    "Ranks of countries over time",
    "A country on a date.",
    *(COLUMNS[name] for name in ("as_of", "country_code", "rank", "share")),
)


def find_table(report: Report) -> ShareTable:
    """Return the newest table of thirty days, all models, by publisher, else the headline's."""
    return report.table(ALL_MODELS if ALL_MODELS in report.histories else report.headline)


def list_shares(code: str, report: Report) -> dict[str, dict[dt.date, float]]:
    """List a country's shares of all models, thirty days, date by date, under each attribution that has numbers."""
    found = {name: report.histories.get(Definition("30d", "all", name), ()) for name in ATTRIBUTIONS}
    return {name: {table.as_of: table.share_of(code) for table in tables} for name, tables in found.items() if tables}


def list_lines(code: str, shares: Mapping[str, Mapping[dt.date, float]]) -> Table:
    """List a country's shares as rows, given as `list_shares` returns them."""
    return COUNTRY.hold([(day, code, name, share) for name, points in shares.items() for day, share in points.items()])


def pick_large(tables: Sequence[ShareTable]) -> list[str]:
    """Pick the countries with a share worth a panel on one of the dates, the largest of the newest date first."""
    newest = [row.code for row in tables[-1].places] if tables else []
    large = (code for code in newest if max(table.share_of(code) for table in tables) >= LEAST_DRAWN)
    return list(large)[:PANELS]


def list_large(tables: Sequence[ShareTable], codes: Sequence[str]) -> Table:
    """List the shares of the countries with a panel, and what no country is given, date by date."""
    return LINES.hold(
        [
            (table.as_of, code, table.unattributed if code == NOBODY else table.share_of(code))
            for code in [*codes, NOBODY]
            for table in tables
        ]
    )


def list_ranks(tables: Sequence[ShareTable], codes: Sequence[str]) -> Table:
    """List the ranks of countries on each date; a rank behind the last one drawn is left empty."""
    return RANKED.hold(
        [(table.as_of, code, _find_rank(table, code), table.share_of(code)) for code in codes for table in tables]
    )


def _find_rank(table: ShareTable, code: str) -> int | None:
    row = table.find(code)
    return row.rank if row and row.rank and row.rank <= RANKS else None


def compute_countries(
    histories: Mapping[Definition, tuple[ShareTable, ...]],
    publishers: tuple[PublisherRow, ...],
    models: tuple[ModelRow, ...],
    tasks: tuple[TaskShares, ...],
    registry: Registry,
    by_model: pd.DataFrame,
) -> tuple[CountryReport, ...]:
    """Compute the reports of all countries with downloads, the largest first; `by_model` has models with their code."""
    base = histories.get(ALL_MODELS, next(iter(histories.values())))[-1]
    inside = group_models(by_model, "code")
    is_uncounted = not any(row.downloads_30d for row in publishers)
    downloads = {row.code: row.downloads for row in base.places}
    seen = {row.code for tables in histories.values() for row in tables[-1].places}
    return tuple(
        CountryReport(
            code=code,
            region=registry.countries[code].region,
            eu=registry.countries[code].eu,
            shares=tuple(
                (definition, row)
                for definition, tables in histories.items()
                if (row := tables[-1].find(code)) is not None
            ),
            publishers=tuple(row for row in publishers if row.code == code and (row.downloads_30d or is_uncounted)),
            models=tuple(row for row in models if row.publisher_code == code)[:50],
            tasks=tuple(
                (task.task_group, row) for task in tasks for row in task.rows if row.code == code and row.downloads
            ),
            largest=find_largest_model(downloads.get(code, 0), base.downloads, inside.get(code, {})),
        )
        for code in [*downloads, *sorted(seen - set(downloads))]
    )
