"""Pages of single models: what each says, how it is found, and what a stranger's name cannot do there."""

import datetime as dt
import html
import json
import re
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from generator.base.encode import RESERVED_SLUGS, make_slugs
from generator.base.settings import MODEL_ROWS
from generator.figures.spark import ROW, draw_line
from generator.ledger.intervals import Described
from generator.publish.datafiles import build_models
from generator.publish.models_pages import render_model_pages
from generator.publish.write import publish_pages
from generator.questions.compute import compute_report
from generator.questions.report import Report
from generator.registry import Family, Registry
from generator.sources.snapshot import SCHEMA, to_frame
from tests.histories import make_history
from tests.hostile import PAYLOADS
from tests.small import BLANK, DATE, compute_entry, make_publisher, make_registry, make_report
from tests.spoken import ENGLISH

pytestmark = pytest.mark.slow

ADDRESS = "https://example.org/report/"


def read(text: str) -> str:
    """Read a page as its reader does: its words alone."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


def test_names_of_pages_differ_on_every_file_system() -> None:
    """What comes to the same bears a part of its own hash, and so does what would pass for such a name."""
    names = ["a/b", "A/B", "a/b.", "con", "", "日本/語", "x" * 99, "plain/name-2", "a/b-0123456789ab", *PAYLOADS]
    slugs = make_slugs(names, "model")
    assert (len(set(names)), "plain-name-2") == (len(set(slugs)), slugs[7])
    assert [] == [
        slug for slug in slugs if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,99}", slug) or slug in RESERVED_SLUGS
    ]
    assert [*make_slugs(names[::-1], "model")][::-1] == slugs


def test_a_line_goes_from_zero_to_its_highest_point() -> None:
    """Over the dates of the whole width."""
    days = [dt.date(2026, 1, 1), dt.date(2026, 1, 11), dt.date(2026, 1, 21)]
    told = ENGLISH.page_gettext("words")
    line = draw_line([(days[1], 0.0), (days[2], 50.0)], (days[0], days[2]), ROW, told)
    assert '<path d="M30 15L60 1"/>' in line
    assert 'role="img" aria-label="words"' in line


def test_a_page_says_what_a_model_is_and_what_is_built_on_it() -> None:
    """Rank, maker, licence, size; a copy by another account leads back to it."""
    registry = make_registry(make_publisher("Qwen", "CN"), make_publisher("copier", "US"))
    rows = [
        {"id": "Qwen/Qwen3-0.6B", "downloads_30d": 900, "license": "apache-2.0", "pipeline_tag": "text-generation"},
        {"id": "copier/Qwen3-0.6B-GGUF", "downloads_30d": 100, "base_models": ["Qwen/Qwen3-0.6B"]},
    ]
    pages = render_model_pages(make_report(rows, registry), ENGLISH, registry, ADDRESS)
    assert ["qwen-qwen3-0-6b.html", "copier-qwen3-0-6b-gguf.html"] == list(pages)
    first, second = (read(text) for text in pages.values())
    assert "Qwen/Qwen3-0.6B accounts for 90.0% of the downloads" in first
    assert "Publisher Qwen Country China Task Text generation Parameters" in first
    assert "What is built on it One model, with 100 downloads" in first
    assert "Maker Qwen , China" in second
    assert "Made from Qwen/Qwen3-0.6B (quantised or converted, as its base-model tag says)" in second
    assert '<a href="qwen-qwen3-0-6b.html">' in pages["copier-qwen3-0-6b-gguf.html"]


FAMILIES = replace(
    make_registry(make_publisher("meta-llama", "US"), make_publisher("Qwen", "CN")),
    families=(Family("Llama", "llama", "meta-llama", "language", ""),),
)


def render(*rows: dict[str, object]) -> dict[str, str]:
    """Render the pages of models of the accounts and the family above."""
    models = [{"downloads_30d": 900 - place} | row for place, row in enumerate(rows)]
    return render_model_pages(make_report(models, FAMILIES), ENGLISH, FAMILIES, ADDRESS)


def read_origin(page: str) -> str:
    """Read what a page says that its model was made from."""
    return read(page.partition("<dt>Made from</dt>")[2].partition("<dt>Task</dt>")[0])


def test_a_page_shows_each_step_of_a_chain() -> None:
    """With links to the pages that are there, and to the Hub where there is none; each is built on all before it."""
    pages = render(
        {"id": "Qwen/base"},
        {"id": "packer/chat-GGUF", "base_models": ["tuner/chat"], "base_relation": "quantized"},
        {"id": "tuner/chat", "base_models": ["Qwen/base"], "base_relation": "finetune"},
        {"id": "x/late", "base_models": ["y/gone"]},
    )
    assert "tuner/chat → Qwen/base (quantised or converted, as base-model tags say)" == read_origin(
        pages["packer-chat-gguf.html"]
    )
    assert '<a href="tuner-chat.html">' in pages["packer-chat-gguf.html"]
    assert 'href="https://huggingface.co/y/gone" rel="nofollow noopener">' in html.unescape(pages["x-late.html"])
    assert "packer/chat-GGUF (quantised or converted, 899) tuner/chat (fine-tuned, 898)" in read(
        pages["qwen-base.html"]
    )
    assert "One model, with 899 downloads in the thirty days to 8 Oct 2026. They name it among" in read(
        pages["tuner-chat.html"]
    )


def test_a_page_names_all_base_models_of_a_merge() -> None:
    """The one that its maker comes from first, then up to five others."""
    bases = ["a/one", "Qwen/two", "Qwen/three", *(f"c{number}/x" for number in range(5))]
    pages = render({"id": "x/merge", "base_models": bases, "base_relation": "merge"})
    assert (
        "Qwen/two (one of 8 base models) (merge, as its base-model tag says) "
        "Beside it a/one Qwen/three c0/x c1/x c2/x and 2 more" == read_origin(pages["x-merge.html"])
    )


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        (
            "mirror/Llama-3-8B-GGUF",
            "mirror/Llama-3-8B-GGUF → meta-llama/Llama-3-8B (as the name of mirror/Llama-3-8B-GGUF says) "
            "(fine-tuned, as its base-model tag says)",
        ),
        ("mirror/Llama-9", "mirror/Llama-9 (its name tells the maker) (fine-tuned, as its base-model tag says)"),
        ("meta-llama/Llama-9", "meta-llama/Llama-9 (fine-tuned, as its base-model tag says)"),
    ],
)
def test_a_page_tells_a_root_that_is_read_by_its_name(base: str, expected: str) -> None:
    """The original that the name tells, where the list has it; else that the name told the maker."""
    pages = render({"id": "meta-llama/Llama-3-8B"}, {"id": "x/tune", "base_models": [base]})
    assert expected == read_origin(pages["x-tune.html"])


def test_a_page_says_where_a_chain_runs_in_a_circle() -> None:
    """And no model is built on itself."""
    pages = render({"id": "a/one", "base_models": ["b/two"]}, {"id": "b/two", "base_models": ["a/one"]})
    assert "b/two → a/one (here the chain closes in a circle) (fine-tuned, as base-model tags say)" == read_origin(
        pages["a-one.html"]
    )
    assert "What is built on it One model, with 899 downloads" in read(pages["a-one.html"])


def test_a_helper_is_made_from_a_model_that_it_is_not_built_on() -> None:
    """It names the model that it drafts for, and keeps its relation."""
    pages = render({"id": "Qwen/base"}, {"id": "z/base-EAGLE3", "base_models": ["Qwen/base"], "parameters": 100_000})
    assert read_origin(pages["z-base-eagle3.html"]).startswith("Qwen/base (helper")
    assert "What is built on it" not in pages["qwen-base.html"]


def test_the_search_holds_copies_behind_what_their_makers_tuned() -> None:
    """A packed format is a copy, whoever made it, and so is what others made; a maker's own tuning is a model."""
    pages = render(
        {"id": "Qwen/base"},
        {"id": "Qwen/chat", "base_models": ["Qwen/base"], "base_relation": "finetune"},
        {"id": "Qwen/chat-GGUF", "base_models": ["Qwen/chat"], "base_relation": "quantized"},
        {"id": "tuner/chat", "base_models": ["Qwen/base"], "base_relation": "finetune"},
    )
    assert ["qwen-chat-gguf.html", "tuner-chat.html"] == [
        name for name, text in pages.items() if '<meta name="search" content="derived">' in text
    ]


def test_a_ledger_without_chains_is_told_by_names() -> None:
    """As every interval that was kept before chains were, read from its file."""
    rows = [
        BLANK | {"id": "Qwen/Qwen3-0.6B", "downloads_30d": 900},
        BLANK | {"id": "copier/Qwen3-0.6B-GGUF", "downloads_30d": 100, "base_models": ["Qwen/Qwen3-0.6B"]},
    ]
    models = to_frame(pa.Table.from_pylist(rows, schema=SCHEMA))
    entry = compute_entry(Described(DATE, "a test", "selection"), models, None, None, FAMILIES)
    before = replace(entry, models=entry.models.drop(columns="chain"))
    report = compute_report((before,), FAMILIES, DATE)
    first, second = render_model_pages(report, ENGLISH, FAMILIES, ADDRESS).values()
    assert "Qwen/Qwen3-0.6B , as its name says (quantised or converted)" == read_origin(second)
    assert "models named otherwise are missing. The steps of a chain between are not kept." in read(first)
    (_, row) = build_models(report).records()
    assert [None, None] == [row["base_models"], row["chain"]]


def test_a_persons_model_has_counts_and_no_country() -> None:
    """It asks not to be indexed; an organisation's does not."""
    registry = make_registry(make_publisher("somebody", "UNAFFILIATED", "person"), make_publisher("east", "CN"))
    rows = [{"id": "somebody/a", "downloads_30d": 900}, {"id": "east/b", "downloads_30d": 100}]
    person, other = render_model_pages(make_report(rows, registry), ENGLISH, registry, ADDRESS).values()
    assert ["noindex" in text for text in (person, other)] == [True, False]
    assert "Publisher somebody Country none: persons are never given a country" in read(person)
    assert "90.0%" in read(person)


def test_a_history_is_told_by_date() -> None:
    """As a line with its ends and its height in words, and as a table, the newest first."""
    start = dt.date(2026, 1, 1)
    report, registry = make_history([(start + dt.timedelta(days=28 * n), {"east/a": 500 + n}) for n in range(3)])
    page = render_model_pages(report, ENGLISH, registry, ADDRESS)["east-a.html"]
    assert 'aria-label="500 on 1 Jan 2026&#44; 502 on 26 Feb 2026&#44; at most 502"' in page
    assert "26 Feb 2026 502 100.0% 29 Jan 2026 501 100.0% 1 Jan 2026 500 100.0%" in read(page)


def test_a_strangers_name_is_text() -> None:
    """On its page, in the page's head, in the name of its file, and among the base models of another one."""
    registry = make_registry()
    rows = [{"id": f"somebody/{name}", "downloads_30d": 900} for name in PAYLOADS]
    rows += [{"id": "x/merge", "downloads_30d": 900, "base_models": [f"y/{name}" for name in PAYLOADS[:50]]}]
    rows += [
        {"id": f"x/{place}", "downloads_30d": 900, "base_models": [f"y/{name}"]} for place, name in enumerate(PAYLOADS)
    ]
    pages = render_model_pages(make_report(rows, registry), ENGLISH, registry, ADDRESS)
    assert [] == [path for path in pages if not re.fullmatch(r"[a-z0-9-]+\.html", path)]
    known = {"html", "head", "meta", "title", "link", "style", "body", "header", "main", "a", "h1", "h2", "p"}
    known |= {"dl", "dt", "dd", "br", "table", "caption", "tr", "th", "td", "pre"}
    for text in pages.values():
        assert set() == {found.lower() for found in re.findall(r"<([a-zA-Z][\w-]*)", text)} - known
        assert [] == re.findall(r"\son\w+=|javascript:", text)


def test_a_page_that_did_not_change_keeps_its_file(tmp_path: Path) -> None:
    """It is written once."""
    registry = make_registry()
    report = make_report([{"id": "somebody/a", "downloads_30d": 900}], registry)
    pages = render_model_pages(report, ENGLISH, registry, ADDRESS)
    paths = publish_pages(tmp_path / "models", pages)
    before = [path.stat().st_mtime_ns for path in paths]
    assert paths == publish_pages(tmp_path / "models", pages)
    assert before == [path.stat().st_mtime_ns for path in paths]


def test_the_list_leads_to_each_model(bundled_site: Path, bundled_report: Report) -> None:
    """To its page, beside the line of its history; a hundred models a page, in the order of their ranks."""
    names = ["models.html", "models-101.html", "models-201.html"]
    texts = [(bundled_site / name).read_text(encoding="utf-8") for name in names]
    assert [100, 100, 100] == [text.count('<th scope="row"') for text in texts]
    text = "".join(texts)
    pages = {f"models/{item.slug}.html" for item in bundled_report.model_reports}
    assert MODEL_ROWS == len(pages)
    assert set() == pages - set(re.findall(r'href="(models/[^"]*)"', text))
    lines = sum(len(item.history) > 1 for item in bundled_report.model_reports)
    assert lines == text.count('<svg class="oms-spark"')


def test_the_search_finds_models_of_organisations(
    bundled_site: Path, bundled_report: Report, registry: Registry
) -> None:
    """By title and by what the page says; no person's."""
    docs = json.loads((bundled_site / "search" / "search_index.json").read_text(encoding="utf-8"))["docs"]
    found = {doc["location"]: doc for doc in docs if doc["location"].startswith("models/")}
    rows = {item.slug: registry.find(item.row.publisher) for item in bundled_report.model_reports}
    persons = {slug for slug, row in rows.items() if row and row.kind == "person"}
    assert persons
    assert found.keys() == {f"models/{slug}.html" for slug in rows.keys() - persons}
    for item in bundled_report.model_reports:
        if item.slug not in persons:
            doc = found[f"models/{item.slug}.html"]
            assert (f"{item.row.id}: downloads over time", True) == (doc["title"], item.row.id in doc["text"])
