"""Questions: computed in an order that serves them all; each column said once; a folder that can be taken away."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from generator.publish.pages import QUESTIONS
from generator.questions.ground import EVERY, order_topics
from generator.questions.listed import list_questions
from generator.questions.report import Report
from generator.star.columns import COLUMNS
from generator.star.table import Column

ROOT = Path(__file__).parents[1]
# What a copy without a question prints: its pages, and its figures.
BUILD = """
import datetime as dt
from generator.publish.pages import build_pages
from generator.questions.gallery import build_figures
from generator.questions.compute import compute_report
from generator.text.language import Language
from tests.topic_ground import MODELS, REGISTRY, enter

report = compute_report((enter(*MODELS),), REGISTRY, dt.date(2026, 11, 23))
figures = [figure.slug for figure in build_figures(report)]
print(*figures, *build_pages(report, Language("en"), REGISTRY, figures), sep="\\n")
"""


def test_a_question_comes_after_those_that_it_reads() -> None:
    """Whatever their names."""
    assert order_topics({"a": ("b",), "b": (), "c": ("a",)}) == ("b", "a", "c")


def test_one_that_reads_every_question_comes_after_all_but_its_own_readers() -> None:
    """Claims read all measures; what changed in a week reads the claims."""
    order = order_topics({"claims": (EVERY,), "changes": ("claims",), "sizes": (), "zones": ("sizes",)})
    assert order[-2:] == ("claims", "changes")


@pytest.mark.parametrize("name", list_questions())
def test_a_question_has_its_page_and_its_line_of_the_navigation(name: str) -> None:
    """A folder without a template would have no page; one that stands on a page with others needs none.

    What the overview lists is called the same in the navigation, in its heading and on its card.
    """
    question = list_questions()[name]
    assert (QUESTIONS / name / "page.md.j2").is_file() != question.is_shared
    if question.is_shared:
        return
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    if question.page:
        assert 1 == len(re.findall(rf"^  /{re.escape(question.page)}$", navigation, re.MULTILINE))
        return
    assert [question.title.message] == re.findall(rf"^ +- (.*): {re.escape(question.path)}$", navigation, re.MULTILINE)
    heading = f"\n# {{% trans %}}{question.title.message}{{% endtrans %}}\n"
    assert heading in (QUESTIONS / name / "page.md.j2").read_text(encoding="utf-8")


def list_published(report: Report) -> list[Column]:
    """List the columns of the tables of all questions."""
    return [column for answer in report.topics.values() for table in answer.tables for column in table.columns]


def test_a_published_column_is_declared_once(bundled_report: Report) -> None:
    """A name is one declaration, whatever files it stands in, and the star's own where the star has it."""
    columns = list_published(bundled_report)
    declared = {column.name: column for column in columns} | dict(COLUMNS)
    assert len(columns) > 10
    assert [] == sorted({column.name for column in columns if column is not declared[column.name]})


def test_a_published_column_says_what_it_holds(bundled_report: Report) -> None:
    """A heading, a meaning, and a unit where it counts; no name that stands for another."""
    for column in list_published(bundled_report):
        assert column.title, column.name
        assert column.meaning.endswith("."), column.name
        assert bool(column.unit) == (column.kind == "count"), column.name
        assert column.name not in {"code", "date", "end", "handle", "id"}


@pytest.mark.slow
def test_a_question_goes_with_its_folder_and_its_line(tmp_path: Path) -> None:
    """All other pages and figures are built without it."""
    for folder in ("generator", "templates", "tests"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "bundled"))
    whole = build(tmp_path)
    shutil.rmtree(tmp_path / "generator" / "questions" / "sizes")
    listed = tmp_path / "generator" / "questions" / "listed.py"
    lines = listed.read_text(encoding="utf-8").replace(" sizes,", "").splitlines(keepends=True)
    listed.write_text("".join(line for line in lines if "sizes.QUESTION" not in line), encoding="utf-8")
    assert {"topics/sizes.md", "sizes-bands", "sizes-laptop"} == whole - build(tmp_path)


def build(folder: Path) -> set[str]:
    """Build pages and figures in a process of its own."""
    found = subprocess.run([sys.executable, "-c", BUILD], cwd=folder, capture_output=True, text=True, check=False)
    assert 0 == found.returncode, found.stderr
    return set(found.stdout.split())
