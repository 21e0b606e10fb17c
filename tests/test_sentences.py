"""Computed sentences: the numbers in the text are those of the tables, and doubt is said."""

import dataclasses
import datetime as dt
import re

import pytest

from generator.base.scope import EXAMPLE, WHOLE_HUB, Scope
from generator.questions import sentences
from generator.questions.report import Report
from generator.star.definitions import Definition
from generator.star.leads import Lead
from tests.drawn_hub import report_night
from tests.small import make_publisher, make_registry, make_report, make_usual_report
from tests.spoken import ENGLISH, speak

LIST = Scope("selection", "a friend's list")
DEFINITION = Definition("30d", "all", "publisher")
LEAD = Lead(DEFINITION, dt.date(2026, 10, 8), "US", "CN", 0.123, True, dt.date(2026, 9, 3), False)


def parse_percents(text: str) -> list[float]:
    """Return the percentages of a text as fractions."""
    return [float(number) / 100 for number in re.findall(r"([\d.]+)%", text)]


def test_the_headlines_numbers_are_the_tables(bundled_report: Report) -> None:
    """Parsed back from the text they are the two leading shares, to a tenth of a percent."""
    first, second = bundled_report.table(bundled_report.headline).places[:2]
    found = parse_percents(speak(sentences.state_headline(bundled_report)))
    assert [round(first.share, 3), round(second.share, 3)] == [round(share, 3) for share in found]


def test_the_headline_names_countries_universe_and_period(bundled_report: Report) -> None:
    """Whose models, which ones, from when to when."""
    table = bundled_report.table(bundled_report.headline)
    text = speak(sentences.state_headline(bundled_report))
    for part in (
        ENGLISH.place(table.places[0].code),
        ENGLISH.place(table.places[1].code),
        "new models in the llmfit catalogue",
        ENGLISH.date(table.as_of),
    ):
        assert part in text


def test_the_usual_headline_word_for_word() -> None:
    """Half and three tenths, over the thirty days held."""
    report, _ = make_usual_report()
    assert (
        "Models from organisations in China account for 50.0% of the downloads of new models in the llmfit catalogue "
        "in the thirty days to 8 Oct 2026, models from organisations in the United States for 30.0%."
    ) == speak(sentences.state_headline(report)).replace("\u00a0", " ")


def test_with_one_country_the_headline_says_that_it_cannot_tell() -> None:
    """Too little is attributed for an answer."""
    report = make_report([{"id": "east/x", "downloads_30d": 5}], make_registry(make_publisher("east", "CN")))
    assert "Too few downloads are attributed" in speak(sentences.state_headline(report))


def test_a_clear_lead_names_margin_and_beginning() -> None:
    """12.3 points, since 3 September."""
    text = speak(sentences.state_lead(LEAD, WHOLE_HUB))
    assert "The United States leads China by 12.3 points, and has led on every date since 3 Sep 2026." == text


def test_a_lead_as_old_as_the_history_does_not_claim_a_beginning() -> None:
    """It may have begun before."""
    text = speak(sentences.state_lead(dataclasses.replace(LEAD, since_start=True), WHOLE_HUB))
    assert "The United States leads China by 12.3 points, as on every date recorded since 3 Sep 2026." == text


def test_a_lead_of_one_date_has_no_since() -> None:
    """There is nothing before it."""
    text = speak(sentences.state_lead(dataclasses.replace(LEAD, since=LEAD.as_of, since_start=True), WHOLE_HUB))
    assert "The United States leads China by 12.3 points." == text


def test_over_a_list_there_is_an_order_and_no_lead() -> None:
    """The list is named, and nobody leads since anything."""
    text = speak(sentences.state_lead(LEAD, LIST))
    assert "In a friend's list, the United States comes before China by 12.3 points." == text


def test_a_lead_within_the_doubt_is_hedged() -> None:
    """The unreviewed could reverse it: nobody `leads`."""
    text = speak(sentences.state_lead(dataclasses.replace(LEAD, is_clear=False), WHOLE_HUB))
    assert "but what is unreviewed could reverse the order" in text
    assert "leads" not in text


def test_every_bundled_leads_margin_is_its_tables(bundled_report: Report) -> None:
    """The points of each sentence are the difference of the two largest shares."""
    found = {
        definition: float(re.findall(r"([\d.]+)\s*points", speak(sentences.state_lead(lead, WHOLE_HUB)))[0])
        for definition, lead in bundled_report.leads.items()
    }
    expected = {
        definition: (tables[-1].places[0].share - tables[-1].places[1].share) * 100
        for definition, tables in bundled_report.histories.items()
    }
    assert {definition: pytest.approx(points, abs=0.051) for definition, points in expected.items()} == found


def test_the_matrix_counts_every_definition_once() -> None:
    """Wins and undecided ones add up to the total."""
    report = report_night(8)
    text = speak(sentences.state_matrix(report))
    total, *parts = [int(number) for number in re.findall(r"\d+", text)]
    assert [len(report.leads), len(report.leads)] == [total, sum(parts)]


def test_the_matrix_of_a_list_counts_nothing(bundled_report: Report) -> None:
    """It says what it shows: the order within the list."""
    text = speak(sentences.state_matrix(bundled_report))
    assert "The order of countries within the llmfit catalogue, under each definition." == text


def test_the_matrix_of_one_country_is_a_sentence() -> None:
    """No definition has two countries to compare."""
    report = make_report([{"id": "east/x", "downloads_30d": 5}], make_registry(make_publisher("east", "CN")))
    assert ": ." not in speak(sentences.state_matrix(report))


@pytest.mark.parametrize(
    ("scope", "text"),
    [
        (
            EXAMPLE,
            "Data of 8 Oct 2026: example data from one software catalogue. It lacks two thirds of the downloads of the "
            "Hub's leading models, most of them American. With them, models from organisations in the United States "
            "account for 60%, models from organisations in China for 24%.",
        ),
        (LIST, "Data of 8 Oct 2026: models in a friend's list."),
        (WHOLE_HUB, "Data of 8 Oct 2026: all public models."),
    ],
)
def test_the_data_line_says_what_is_counted(scope: Scope, text: str) -> None:
    """As it stands on every page: the example, somebody's list by its name, or the whole Hub."""
    report, _ = make_usual_report()
    assert text == speak(sentences.describe_data(dataclasses.replace(report.data, scope=scope)))


@pytest.mark.parametrize(
    ("scope", "source", "counted"),
    [
        (WHOLE_HUB, "Hugging Face Hub", "all public models"),
        (LIST, "a test", "models in a friend's list"),
        (EXAMPLE, "Hugging Face Hub, by the model catalogue of llmfit, MIT", "models in the llmfit catalogue"),
    ],
)
def test_the_source_line_names_source_what_is_counted_date_and_licence(scope: Scope, source: str, counted: str) -> None:
    """As it stands below every figure."""
    report, _ = make_usual_report()
    assert (
        f"Source: {source}; attribution by Open Model Share. Counted: {counted}. Data of 8 Oct 2026. "
        "Licence: CC-BY-4.0."
    ) == speak(sentences.describe_source(dataclasses.replace(report.data, scope=scope)))


def test_a_definition_is_named_in_full() -> None:
    """Window, universe, attribution."""
    named = speak(sentences.name_definition(Definition("12m", "first_year", "publisher")))
    assert "12 months · models in their first year · by publisher" == named


def test_the_subtitle_tells_the_days_that_are_not_covered() -> None:
    """27 of 30 days."""
    report, _ = make_usual_report()
    table = dataclasses.replace(report.table(DEFINITION), covered_days=27)
    assert "(27 of 30 days covered)" in speak(sentences.describe_subtitle(table))
    assert "covered" not in speak(sentences.describe_subtitle(report.table(DEFINITION)))
