"""The larger countries over time, by ranks and one by one: what is drawn, and what may be said of it."""

import datetime as dt

import pytest

from generator.questions.countries.figures import build_country_panels, build_country_ranks
from tests.histories import make_history
from tests.spoken import speak

pytestmark = pytest.mark.slow

START = dt.date(2026, 1, 1)
LATER = START + dt.timedelta(days=28)
SNAPSHOTS = [
    (START, {"east/a": 300, "west/b": 200, "south/c": 100}),
    (LATER, {"east/a": 200, "west/b": 300, "south/c": 100}),
]


def test_each_date_has_the_ranks_of_the_newest_first() -> None:
    """A row per country and date, in the order of the newest."""
    report, _ = make_history(SNAPSHOTS)
    figure = build_country_ranks(report)
    assert figure
    first, last = START.isoformat(), LATER.isoformat()
    expected = [(first, "US", 2), (last, "US", 1), (first, "CN", 1), (last, "CN", 2), (first, "FR", 3), (last, "FR", 3)]
    assert expected == [(day, code, rank) for day, code, _, rank, _ in figure.rows]


def test_a_change_of_ranks_is_told_of_the_hub_alone() -> None:
    """Over a list that somebody chose, only its newest order."""
    said = {}
    for scope in ("hub", "selection"):
        report, _ = make_history(SNAPSHOTS, scope=scope)
        figure = build_country_ranks(report)
        assert figure
        said[scope] = speak(figure.headline)
    assert "United States, China" in said["hub"]
    assert "On 1 Jan 2026, 2 of these 3 had another rank." in said["hub"]
    assert "had another rank" not in said["selection"]


def test_one_date_has_no_line() -> None:
    """And no figure."""
    assert build_country_ranks(make_history(SNAPSHOTS[:1])[0]) is None


def test_a_country_with_a_hundredth_has_a_panel_and_all_have_what_no_country_is_given() -> None:
    """The largest of the newest date first; one below a hundredth on all dates has none."""
    late = {"east/a": 200, "west/b": 300, "south/c": 2, "nobody/d": 98}
    report, _ = make_history([(START, {"east/a": 300, "west/b": 200, "south/c": 1, "nobody/d": 99}), (LATER, late)])
    figure = build_country_panels(report)
    assert figure
    newest = {code: share for day, code, _, share in figure.rows if day == LATER.isoformat()}
    assert {"US": 300 / 600, "CN": 200 / 600, "NOBODY": 98 / 600} == newest
    assert ["US", "CN"] == [panel.lines[0].key for panel in figure.draw.args[1].panels]
    assert {"NOBODY"} == {panel.lines[1].key for panel in figure.draw.args[1].panels}
    said = "Models from organisations in the United States account for 50.0% of the downloads in the thirty days to "
    assert f"{said}29 Jan 2026, in China for 33.3%; 16.3% are given to no country." == speak(figure.headline)


def test_one_date_has_no_panels() -> None:
    """And one country alone has none."""
    assert build_country_panels(make_history(SNAPSHOTS[:1])[0]) is None
    assert build_country_panels(make_history([(day, {"east/a": 100}) for day in (START, LATER)])[0]) is None
