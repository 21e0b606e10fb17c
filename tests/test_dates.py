"""Sums of every date at once are those of each date by itself."""

import datetime as dt

import pytest

from generator.questions.ground import Ground
from generator.star.dates import sum_dates
from generator.star.definitions import WINDOWS
from generator.star.shares import sum_on
from tests.topic_ground import FIRST, LAST, MODELS, VIDEOS, enter, make_ground, scale

EMPTY = FIRST - dt.timedelta(days=30)


@pytest.fixture(scope="module")
def ground() -> Ground:
    """Three dates; on the first one nothing was downloaded."""
    return make_ground(
        enter(*scale(MODELS, (0, 0, 0, 0, 0)), end=EMPTY),
        enter(*MODELS, end=FIRST, previous=EMPTY),
        enter(*scale(MODELS, (700, 0, 300, 60, 10)), *VIDEOS, end=LAST, previous=FIRST),
    )


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("by", ["origin_code", ["line", "origin_code"]])
def test_all_dates_hold_what_each_date_holds(ground: Ground, window: str, by: str | list[str]) -> None:
    """A date without downloads has no sums."""
    each = {
        i.end: sum_on(ground.reading.named, ground.reading.intervals, window, i.end, by)
        for i in ground.reading.intervals
    }
    expected = {day: sums.to_dict() for day, sums in each.items() if sums is not None and len(sums)}
    assert expected == {
        day: sums.to_dict()
        for day, sums in sum_dates(ground.reading.named, ground.reading.intervals, window, by).items()
    }


def test_a_date_without_downloads_is_left_out(ground: Ground) -> None:
    """Thirty days to the first date hold none."""
    found = sum_dates(ground.reading.named, ground.reading.intervals, "30d", "origin_code")
    assert [FIRST, LAST] == list(found)
    assert {"CN": 600.0 + 100.0, "US": 200.0 + 50.0 + 50.0} == found[FIRST].to_dict()
