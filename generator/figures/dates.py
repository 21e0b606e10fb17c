"""What stands at the dates of a figure over time, written as everywhere on the site; a script shows it to who points.

A chart of the figure is a mapping of JSON's values, which `scripts/dates.js` reads: `title`, `days` (ISO), `said` (the
days as readers see them), `lines` (`name`, `short` for where there is little room, `ink`, and for each day `at`, the
part of the axis that its value takes, and `said`; None on a day without one) and `notes`, sentences a day. `place` has
in pixels where the first and the last day stand, and the two ends of the axis.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from generator.figures.frame import Scale

if TYPE_CHECKING:
    from generator.figures import altair as alt

# Key of a specification's `usermeta`, which is not published.
KEY: Final = "dates"
# Digits of a part of an axis: half a pixel in a thousand.
_DIGITS: Final = 3


@dataclass(frozen=True)
class Reading:
    """A line as it is read: its names, its colour, and by day its value and how that is written."""

    name: str
    short: str
    ink: str
    values: Mapping[dt.date, tuple[float, str]]


@dataclass(frozen=True)
class Axes:
    """Where days and values of a chart stand in pixels."""

    place: Callable[[dt.date], float]
    values: Scale


def describe_chart(
    title: str,
    days: Sequence[dt.date],
    readings: Sequence[Reading],
    axes: Axes,
    write: Callable[[dt.date], str],
    notes: Mapping[dt.date, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """Describe a chart on its days, oldest first."""
    found = [list((notes or {}).get(day, ())) for day in days]
    ends = (axes.place(days[0]), axes.place(days[-1]), axes.values.start, axes.values.end)
    return {
        "place": [round(pixel, 1) for pixel in ends],
        "title": title,
        "days": [day.isoformat() for day in days],
        "said": [write(day) for day in days],
        "lines": [_describe(reading, days, axes.values) for reading in readings],
        "notes": found if any(found) else [],
    }


def _describe(reading: Reading, days: Sequence[dt.date], axis: Scale) -> dict[str, Any]:
    low, high = axis.ticks[0], axis.ticks[-1]
    found = [reading.values.get(day) for day in days]
    return {
        "name": reading.name,
        "short": reading.short,
        "ink": reading.ink,
        "at": [pair and round((pair[0] - low) / (high - low), _DIGITS) for pair in found],
        "said": [pair and pair[1] for pair in found],
    }


def publish_dates(chart: "alt.LayerChart", charts: Sequence[Mapping[str, Any]]) -> None:
    """Put the charts of a figure beside its specification."""
    chart.usermeta = {KEY: list(charts)}


def take_dates(spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Take the charts out of a specification; none of a figure that is not over time."""
    found: list[dict[str, Any]] = spec.get("usermeta", {}).get(KEY, [])
    return found


def list_places(spec: Mapping[str, Any]) -> list[list[float]]:
    """List where the charts of a picture stand, in its pixels."""
    return [chart["place"] for chart in take_dates(spec)]


def list_charts(spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    """List what the charts of a figure say, which is the same at every width."""
    return [{name: value for name, value in chart.items() if name != "place"} for chart in take_dates(spec)]
