"""Models that decide a sentence alone: a small store with a surge, with the sentences that must and must not appear."""

import datetime as dt
import json

import pytest

from generator.figures.marks import Standing
from generator.publish.datafiles import render_report
from generator.publish.pages import build_pages
from generator.questions import sentences
from generator.questions.countries.figures import build_country
from generator.questions.countries.words import state_country, state_largest
from generator.questions.publishers.words import state_largest_model
from generator.questions.report import Report
from generator.questions.shares.figures import build_share_over_time
from generator.questions.surges import describe_surges, pick_standing
from generator.questions.topics import state_item
from generator.star.definitions import Definition
from generator.star.dominant import Counted, find_largest_model
from tests.histories import make_history
from tests.small import make_registry
from tests.spoken import ENGLISH, speak

pytestmark = pytest.mark.slow

FIRST = dt.date(2026, 9, 1)
ALL = Definition("30d", "all", "publisher")
# All else stands still: 600,000 of `east`, 400,000 of `west`, none of them with more than a fiftieth.
STILL = {f"east/{n}": 20_000 for n in range(30)} | {f"west/{n}": 20_000 for n in range(20)}


def day(number: int) -> dt.date:
    """Return the first date and some days."""
    return FIRST + dt.timedelta(days=number)


@pytest.fixture(scope="module")
def surged() -> Report:
    """One Chinese model holds a thousandth, then half of all, for a fortnight, then as little as before."""
    counts = ((0, 1_000), (7, 1_000_000), (14, 1_000_000), (28, 1_000))
    return make_history([(day(number), {**STILL, "east/hot": count}) for number, count in counts])[0]


@pytest.fixture(scope="module")
def still_up() -> Report:
    """The same store while the model is up."""
    return make_history([(day(number), {**STILL, "east/hot": count}) for number, count in ((0, 1_000), (7, 10**6))])[0]


def test_a_surge_is_found_with_its_dates(surged: Report) -> None:
    """From the first date on which it was up to the last; the pairs of dates on both sides tell that it moved."""
    (surge,) = surged.surges
    assert (surge.name, surge.start, surge.end, surge.part) == ("east/hot", day(7), day(14), 0.5)
    assert (surge.before, surge.peak, surge.after) == (
        Counted(day(0), 1_000),
        Counted(day(7), 1_000_000),
        Counted(day(28), 1_000),
    )
    assert surge.moved_on == (day(7), day(14), day(28))


def test_a_model_that_grew_slowly_or_stays_small_is_no_surge() -> None:
    """Threefold each month is tenfold over two, and a hundredfold below a hundredth of all decides nothing."""
    slow = [(day(31 * n), {**STILL, "east/hot": 40_000 * 3**n, "west/tiny": 10 * 30**n}) for n in range(3)]
    assert make_history(slow)[0].surges == ()


def test_the_headline_says_what_stands_without_the_model(still_up: Report) -> None:
    """Half of all downloads are of one model: without it, six tenths against four."""
    table, dominant = still_up.table(ALL), still_up.dominant[ALL]
    assert [(row.code, row.share) for row in table.places] == [("CN", 0.8), ("US", 0.2)]
    assert (dominant.name, dominant.part, dominant.is_largest) == ("east/hot", 0.5, True)
    assert [(row.code, row.share) for row in dominant.without] == [("CN", 0.6), ("US", 0.4)]
    assert speak(sentences.state_without(still_up, ALL)) == (
        "Without the most downloaded model, east/hot, China accounts for 60.0% and the United States for 40.0%."
    )
    assert speak(sentences.state_without(still_up, ALL)) in speak(build_share_over_time(still_up)).headline


def test_nothing_is_said_of_a_window_after_the_surge_where_no_model_is_large() -> None:
    """Fifty models of a fiftieth each: none has a tenth, moves five points or moved at all."""
    report = make_history([(day(0), STILL), (day(7), STILL)])[0]
    assert (report.dominant, report.surges) == ({}, ())
    assert speak(sentences.state_without(report)) == ""


def test_a_window_over_the_surge_still_names_it(surged: Report) -> None:
    """In the thirty days it has a thousandth and is not named; in the days recorded it has a share that is."""
    held = Definition("held", "all", "publisher")
    assert "east/hot" in speak(sentences.state_without(surged, held))
    assert "east/hot" not in speak(sentences.state_without(surged, ALL))


def test_the_week_names_the_model_that_explains_its_move(surged: Report) -> None:
    """China's rise and its fall are this model's; without it nothing moved."""
    last, _, rise, _ = surged.topics["weeks"].items.values()
    assert (
        "rose from 60.0% to 80.0% (without east/hot: from 60.0% to 60.0%)"
        in (speak(state_item("weeks", rise, surged))["finding"])
    )
    assert (
        "fell from 80.0% to 60.0% (without east/hot: from 60.0% to 60.0%)"
        in (speak(state_item("weeks", last, surged))["finding"])
    )


def test_charts_over_time_mark_the_surge_by_name(surged: Report) -> None:
    """Its name stands in the picture over its days, and the numbers in the words beside it."""
    (mark,) = pick_standing(surged).marks
    assert (mark.name, mark.start, mark.end) == ("hot", day(7), day(14))
    assert pick_standing(surged, "west").marks == ()
    figure = speak(build_share_over_time(surged))
    assert '"hot"' in str(figure.draw(720, ENGLISH).to_dict()).replace("'", '"')
    assert speak(describe_surges(surged)) in figure.how_to_read
    assert speak(describe_surges(surged)) == (
        "east/hot went from 1,000 downloads in thirty days on 1 Sep 2026 to 1 million on 8 Sep 2026, up to 50.0% of "
        "all, and had 1,000 on 29 Sep 2026."
    )


def test_country_and_publisher_say_what_stands_without_their_largest_model(still_up: Report) -> None:
    """Of 1,600,000 downloads 1,000,000 are one model's."""
    assert speak(state_country("CN", still_up)) == (
        "Models from organisations in China account for 80.0% of the downloads of all public models in the thirty days "
        "to 8 Sep 2026."
    )
    assert (
        speak(state_largest("CN", still_up)) == "Without the most downloaded model, east/hot, they account for 60.0%."
    )
    east = next(profile for profile in still_up.profiles if profile.row.handle == "east")
    assert speak(state_largest_model(east)) == (
        "One model, east/hot, accounts for 62.5% of its downloads; without it 600,000 remain, 60.0% of all."
    )


def test_a_tenth_of_a_total_is_not_more_than_a_tenth() -> None:
    """The limit itself says nothing, one download more does."""
    assert find_largest_model(1_000, 5_000, {"a/x": 100}) is None
    largest = find_largest_model(1_000, 5_000, {"a/x": 101, "a/y": 50})
    assert largest
    assert (largest.name, largest.part) == ("a/x", 0.101)
    assert largest.share == pytest.approx(899 / 4899)


def test_a_country_under_a_thousandth_speaks_in_downloads_and_has_no_chart() -> None:
    """900 of a million: no share, no axis of zeros."""
    counts = {"east/a": 599_100, "west/b": 400_000, "south/c": 700, "south/d": 200}
    report = make_history([(day(0), counts), (day(7), counts)])[0]
    assert speak(state_country("FR", report)) == (
        "Models from organisations in France account for 900 of the 1 million downloads of all public models in the "
        "thirty days to 8 Sep 2026."
    )
    assert speak(state_largest("FR", report)) == "Without the most downloaded model, south/c, they account for 200."
    assert speak(build_country("FR", report)) is None
    assert speak(build_country("US", report)) is not None


def test_a_line_begins_anew_at_a_break() -> None:
    """The date of the break belongs to the new piece."""
    standing = Standing(breaks=frozenset({day(2)}))
    assert [standing.piece(day(n)) for n in range(4)] == [0, 0, 1, 1]


def test_status_and_the_report_as_data_name_the_model(still_up: Report) -> None:
    """The status page says what stands without it, and so does the record of the first sentences."""
    pages = build_pages(still_up, ENGLISH, make_registry(), ())
    said = speak(sentences.state_without(still_up))
    assert "east/hot" in said
    assert "east&#47;hot" in pages["status.md"]
    assert "60&#46;0&#37;" in pages["status.md"]
    assert json.loads(render_report(still_up, ENGLISH))["sentences"]["without"] == said
