"""The sources of a translated site: the same report, pages and pictures, with the words of another language."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from generator.audit.headlines import Headline
from generator.audit.operations import Operations
from generator.base.imprint import Imprint
from generator.base.repository import CodeRepository
from generator.figures.figure import Figure
from generator.figures.files import Pool, render_figures
from generator.publish.badges import render_badges
from generator.publish.days_pages import render_day_pages
from generator.publish.explorer import render_words
from generator.publish.feeds import render_feeds
from generator.publish.models_pages import render_model_pages
from generator.publish.pages import build_pages
from generator.publish.passages import mark_page
from generator.publish.renames import list_moved
from generator.publish.site import Tree
from generator.publish.write import publish_files, publish_pages
from generator.questions.report import Report
from generator.registry import Registry
from generator.text.language import Language

# What every language's pages ask for by themselves.
_FRAME: Final = ("styles", "scripts", "assets")
# Folders of hand-written pages in the first language; those of the others have their codes.
_WRITTEN: Final = ("", "decisions")
# A link of Markdown to a file that all languages share.
_TO_DATA: Final = re.compile(r"\[([^\]]+)\]\((?:\.\./)*(data/[^)]+)\)")


@dataclass(frozen=True)
class Original:
    """What all languages of a build are made from.

    Attributes:
        report: the numbers.
        registry: says who a publisher is.
        operations: how the site is run.
        figures: of the report, in no language.
        imprint: what the figures say of themselves.
        headlines: what was published.
        site_url: address of the whole site.
        repository: of code and issues, that each page leads to.
        source: the folder with the hand-written pages, styles and scripts.
        choices: all languages, in the order in which they are offered; none where there is one.
    """

    report: Report
    registry: Registry
    operations: Operations
    figures: Sequence[Figure]
    imprint: Imprint
    headlines: Sequence[Headline]
    site_url: str
    repository: CodeRepository
    source: Path
    choices: tuple[Language, ...] = ()


def prepare_tree(
    language: Language, original: Original, folder: Path, say: Callable[[str], None], pool: Pool | None = None
) -> Tree:
    """Prepare the sources of a language in a folder, and return where they are; what is unchanged is not made again."""
    source = folder / "src"
    render_figures(
        original.figures,
        site_src=source,
        cache=folder,
        language=language,
        imprint=original.imprint,
        moved=list_moved(),
        report=say,
        pool=pool,
    )
    publish_files(source, _render_files(language, original), folder / "generated.json")
    return publish_bare(language, original, Tree(language, source, folder))


def publish_bare(language: Language, original: Original, tree: Tree) -> Tree:
    """Write the pages that pass no builder, of dates and of models; return the tree with them."""
    shared = original.site_url, original.repository, original.choices
    days = render_day_pages(original.report, language, original.headlines, *shared)
    marked = replace(language, marks=bool(language.up))
    models = render_model_pages(original.report, marked, original.registry, *shared)
    return replace(
        tree,
        days=tuple(sorted(publish_pages(tree.cache / "days", days))),
        models=tuple(sorted(publish_pages(tree.cache / "models", models))),
    )


def _render_files(language: Language, original: Original) -> dict[str, str | bytes]:
    """Render all files of a language but those of figures; data and cards are the first one's."""
    slugs = {figure.slug for figure in original.figures}
    address = f"{original.site_url}{language.folder}"
    marked = replace(language, marks=True)
    return {
        **dict(_read_frame(original.source)),
        **dict(_read_written(language, original)),
        **build_pages(
            original.report,
            marked,
            original.registry,
            slugs,
            original.operations,
            site_url=original.site_url,
            repository=original.repository,
        ),
        **render_words(original.report, language),
        **render_feeds(original.report, language, address),
        **render_badges(original.report, language),
    }


def read_first(source: Path) -> dict[str, bytes]:
    """Read what is written by hand for the first language, by path: pages, styles, scripts and pictures."""
    pages = {name: path.read_bytes() for name, path in _list_written(source)}
    return {**dict(_read_frame(source)), **pages}


def _list_written(source: Path) -> Iterable[tuple[str, Path]]:
    """List the hand-written pages, by path."""
    paths = (path for folder in _WRITTEN for path in sorted((source / folder).glob("*.md")))
    return ((path.relative_to(source).as_posix(), path) for path in paths)


def _read_frame(source: Path) -> Iterable[tuple[str, bytes]]:
    paths = (path for name in _FRAME for path in sorted((source / name).rglob("*")) if path.is_file())
    return ((path.relative_to(source).as_posix(), path.read_bytes()) for path in paths)


def _read_written(language: Language, original: Original) -> Iterable[tuple[str, str]]:
    """Read the hand-written pages: each in the language where its folder has it, else in English, and marked so."""
    for name, path in _list_written(original.source):
        own = original.source / language.folder / name
        text = own.read_text(encoding="utf-8") if own.is_file() else mark_page(path.read_text(encoding="utf-8"))
        yield name, _lead_to_root(text, "../" * name.count("/") + language.up)


def _lead_to_root(text: str, up: str) -> str:
    """Lead links to data out of the language's folder: as elements, since the builder looks for files of its own."""
    return _TO_DATA.sub(lambda found: f'<a href="{up}{found[2]}">{found[1]}</a>', text)
