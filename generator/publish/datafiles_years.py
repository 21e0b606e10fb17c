"""The whole history of shares, a compressed CSV file for each calendar year: every date, every definition."""

import gzip
from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from generator.base.encode import render_download
from generator.questions.report import Report
from generator.star.daily import Days
from generator.star.definitions import DEFINITIONS, Definition
from generator.star.table import Column, Table, declare_table

FIELDS: Final = (
    Column("as_of", "date", "", "Last day of the window (UTC)."),
    Column("window", "text", "", "30d, 12m, held or all_time, as in shares.csv."),
    Column("universe", "text", "", "all, first_year, generative or language models."),
    Column("attribution", "text", "", "publisher: who uploaded; origin: root of the base-model chain."),
    Column("country_code", "text", "", "ISO 3166-1 alpha-2, or INT, UNAFFILIATED, UNREVIEWED."),
    Column(
        "downloads", "count", "", "Downloads in the window, rounded; the share is this over the sum of the definition."
    ),
)


def render_years(report: Report) -> dict[str, bytes]:
    """Render a file for each year that has dates, by path below the site's root."""
    if report.days is None:
        return {}
    rows = pd.concat(_list_rows(report.days), ignore_index=True)
    years = pd.DatetimeIndex(rows["as_of"]).year
    return {f"data/shares-{year}.csv.gz": _compress(rows[years == year]) for year in sorted(set(years.tolist()))}


def describe_years(report: Report) -> tuple[Table, ...]:
    """Describe the files of the years; their rows stand in them alone."""
    years = sorted({interval.end.year for interval in report.days.intervals}) if report.days else []
    about = "A country's downloads on any date of the year under a definition."
    return tuple(
        declare_table(f"shares-{year}", f"Shares by country, {year}", about, *FIELDS).hold(()) for year in years
    )


def _list_rows(days: Days) -> Iterator[pd.DataFrame]:
    """Yield the rows of each definition that ever had a number."""
    ends = np.array([interval.end for interval in days.intervals])
    for definition in DEFINITIONS.values():
        places, downloads = days.sum_each(definition)
        night, code = np.nonzero(downloads)
        if len(night):
            codes = np.array(days.grids[definition.universe, definition.attribution].codes)
            yield _make_rows(definition, ends[np.array(places)[night]], codes[code], downloads[night, code])


def _make_rows(
    definition: Definition, dates: object, codes: object, downloads: "np.ndarray[tuple[int], np.dtype[np.float64]]"
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "as_of": dates,
            "window": definition.window,
            "universe": definition.universe,
            "attribution": definition.attribution,
            "country_code": codes,
            "downloads": np.round(downloads).astype("int64"),
        }
    )


def _compress(rows: pd.DataFrame) -> bytes:
    """Write rows as CSV, oldest date first, compressed; no clock is in the file."""
    ordered = rows.sort_values("as_of", kind="stable")
    lines = zip(*(ordered[field.name].tolist() for field in FIELDS), strict=True)
    return gzip.compress(render_download([field.name for field in FIELDS], lines).encode(), mtime=0)
