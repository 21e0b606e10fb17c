"""Figures on disk: files for download, an embed page and the fragment for pages, which hold the pictures in two widths.

A figure whose key is unchanged is not drawn again, and a file whose bytes are unchanged is not written again.
"""

import functools
import gc
import json
import multiprocessing
import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import jinja2
import vl_convert

from generator.base.encode import csv_cell, render_download
from generator.base.files import PARTIAL, TEMPLATES, hash_bytes, hash_file, name_download, write_if_changed
from generator.base.imprint import PAGE, Imprint
from generator.base.records import pack_json, render_json
from generator.figures import altair as alt
from generator.figures.dates import list_charts, list_places
from generator.figures.embeds import (
    LAYOUT,
    describe_figure,
    embed_figure,
    list_heights,
    write_code,
    write_oembed,
)
from generator.figures.figure import (
    SHARE_DIGITS,
    Figure,
    SpokenCell,
    SpokenColumn,
    SpokenFigure,
    round_cell,
    speak_figure,
)
from generator.figures.keys import hash_code, hash_figure
from generator.figures.pagetable import lay_table
from generator.figures.picture import RENDERER, draw_png, draw_svg, frame_svg, write_spec
from generator.figures.theme import NARROW, SCHEMES, WIDE, publish_spec
from generator.text.cite import Citation, cite
from generator.text.language import Language
from generator.text.say import SEMICOLON, join

# Exports one name; charts.js imports it when a reader first points at a figure.
VEGA_SNIPPET: Final = "export {vegaEmbed};"
WIDTHS: Final[Mapping[str, int]] = {"narrow": NARROW, "wide": WIDE}
# Starting processes costs about two seconds; from here on they win.
POOL_FROM: Final = 24
MAX_WORKERS: Final = 4
PROGRESS_EVERY: Final = 50
# More of them would be longer below a picture than the picture.
NAMED_EVENTS: Final = 6


@dataclass(frozen=True)
class RenderResult:
    """What a run did.

    Attributes:
        slugs: of all figures, in their order.
        drawn: figures drawn anew.
        reused: figures whose files were there already.
    """

    slugs: tuple[str, ...]
    drawn: int
    reused: int


@dataclass(frozen=True)
class _Job:
    """A figure to draw.

    Attributes:
        figure: the figure.
        language: of its words and numbers.
        imprint: of its files.
        pinned: code of the frame that stays as it is, where the figure has one.
        key: of its files.
    """

    figure: Figure
    language: Language
    imprint: Imprint
    pinned: str
    key: str


@dataclass(frozen=True)
class _Drawn:
    """A figure's files.

    Attributes:
        slug: of the figure.
        key: hash of everything that the files depend on.
        files: their content by name, which begins with the folder it belongs to.
    """

    slug: str
    key: str
    files: Mapping[str, bytes]


def render_figures(
    figures: Iterable[Figure],
    *,
    site_src: Path,
    cache: Path,
    language: Language,
    imprint: Imprint,
    report: Callable[[str], None],
    moved: Mapping[str, str] = MappingProxyType({}),
    pinned: Mapping[str, str] | None = None,
    pool: "Pool | None" = None,
) -> RenderResult:
    """Write all files of all figures, and remove those of figures that are gone.

    Args:
        figures: what to draw.
        site_src: gets `figures/<slug>/`, `embed/<slug>.html` and `vega/vega.js`.
        cache: gets `figures/<slug>.html`, the fragments, and `figures.json`, what was made from what.
        language: of labels and numbers.
        imprint: what all of them say of themselves.
        report: is told of progress, a line at a time.
        moved: figures that are gone, with those that took their places: whoever embeds one is led on.
        pinned: by slug, code of a frame that stays as it is on this date, for those figures that have one.
        pool: draws them; one of its own where none is given.
    """
    roots = {"site": site_src, "cache": cache}
    manifest = cache / "figures.json"
    before = _read_manifest(manifest)
    code = f"{hash_code(language)} {imprint}"
    stays = pinned or {}
    wanted = [
        _Job(figure, language, imprint, found, hash_figure(figure, f"{code} {found}"))
        for figure in figures
        for found in [stays.get(figure.slug, "")]
    ]
    entries = {job.figure.slug: before.get(job.figure.slug, {}) for job in wanted}
    jobs = [job for job in wanted if job.key != _find_key(entries[job.figure.slug], roots)]
    with nullcontext(pool) if pool else Pool() as drawing:
        for number, done in enumerate(drawing.draw(jobs), 1):
            written = _write_files(done.files, entries[done.slug].get("files", {}), roots)
            entries[done.slug] = {"key": done.key, "files": written}
            if number % PROGRESS_EVERY == 0:
                report(f"{number} figures drawn")
    _remove_stale(set(entries), roots)
    _lead_on(moved, set(entries), site_src / "embed", language)
    _write_vega(site_src / "vega" / "vega.js", language)
    write_if_changed(manifest, render_json(entries, sort_keys=True))
    return RenderResult(tuple(entries), len(jobs), len(entries) - len(jobs))


def write_csv(figure: SpokenFigure) -> str:
    """Write a figure's rows as CSV; texts cannot be taken for formulas."""
    rows = ([_write_cell(*pair) for pair in zip(row, figure.columns, strict=True)] for row in figure.rows)
    return render_download([column.name for column in figure.columns], rows)


def write_json(figure: SpokenFigure) -> str:
    """Write a figure's words and rows as JSON, on one line."""
    names = [column.name for column in figure.columns]
    content = {
        "slug": figure.slug,
        "headline": figure.headline,
        "subtitle": figure.subtitle,
        "source": figure.source,
        "columns": [{"name": each.name, "title": each.title, "kind": each.kind} for each in figure.columns],
        "rows": [dict(zip(names, map(round_cell, row), strict=True)) for row in figure.rows],
        **({"events": [asdict(event) | {"day": str(event.day)} for event in figure.events]} if figure.events else {}),
    }
    return pack_json(content)


def format_cell(cell: SpokenCell, column: SpokenColumn, language: Language) -> str:
    """Format a cell of a figure's table for readers."""
    if cell is None:
        return "–"
    if column.kind == "share":
        return language.percent(float(cell))
    if column.kind == "points":
        return language.signed(float(cell))
    if column.kind == "count":
        return language.count(float(cell))
    if column.kind == "number":
        return language.number(float(cell), column.digits)
    return str(cell)


def name_events(figure: SpokenFigure, language: Language) -> str:
    """Name the events that a picture marks, for one that stands without the list; many of them by their numbers."""
    if len(figure.events) > NAMED_EVENTS:
        return count_marks(len(figure.events), language)
    named = (name_mark(str(event.number), event.label, language.date(event.day), language) for event in figure.events)
    return list_marks(language.speak(join(*named, between=SEMICOLON)), language) if figure.events else ""


def name_mark(number: str, label: str, day: str, language: Language) -> str:
    """Name one of the events that a picture marks."""
    return language.say("{number}\u00a0{label} ({day})", number=number, label=label, day=day)


def count_marks(count: int | str, language: Language) -> str:
    """Say how many events a picture marks that does not name them."""
    return language.say("The numbers mark {count} events, listed with the figure.", count=count)


def list_marks(events: str, language: Language) -> str:
    """Say which events a picture marks."""
    return language.say("Marked: {events}.", events=events)


class Pool:
    """Processes that draw, for as long as this is open; they are started when there is enough to draw.

    Threads do not help, and a fork after the engine's first use hangs: processes are spawned.
    """

    def __init__(self) -> None:
        self._workers = min(os.cpu_count() or 1, MAX_WORKERS)
        self._processes: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *_: object) -> None:
        if self._processes:
            self._processes.shutdown()

    def draw(self, jobs: Sequence[_Job]) -> Iterator[_Drawn]:
        """Draw figures in their order: a few here, many in several processes, or any number once those are there."""
        if not self._processes and len(jobs) >= POOL_FROM and self._workers > 1:
            context = multiprocessing.get_context("spawn")
            self._processes = ProcessPoolExecutor(self._workers, mp_context=context, initializer=_begin_worker)
        if self._processes:
            yield from self._processes.map(_draw_job, jobs, chunksize=4)
        else:
            yield from map(_draw_job, jobs)


def _begin_worker() -> None:
    """Draw without the collector, as the process does that started this one, and end with it."""
    gc.disable()
    _end_with_parent()


def _end_with_parent() -> None:
    """End this process when the one that started it is gone: killed, it leaves its workers waiting for ever."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _draw_job(job: _Job) -> _Drawn:
    """Draw a figure in all widths, and render its files."""
    figure = speak_figure(job.figure, job.language)
    # The schema is checked in the tests; here the engine would refuse what it cannot draw.
    with alt.skip_checks():
        specs = {name: figure.draw(width, job.language).to_dict(validate=False) for name, width in WIDTHS.items()}
    return _Drawn(figure.slug, job.key, _render_files(figure, specs, job))


def _render_files(figure: SpokenFigure, specs: Mapping[str, Mapping[str, Any]], job: _Job) -> dict[str, bytes]:
    slug, language = figure.slug, job.language
    pictures = {name: draw_svg(spec, f"{slug}-{name}-") for name, spec in specs.items()}
    source = language.tidy(" ".join(filter(None, (figure.source, name_events(figure, language)))))
    framed = frame_svg(pictures["wide"], WIDE, figure.headline, figure.subtitle, source)
    values = {"figure": figure, "pictures": pictures, "language": language, "schemes": SCHEMES, "imprint": job.imprint}
    heights = list_heights(figure, pictures)
    embed = embed_figure(figure, heights.values())
    values |= {"heights": heights, "code": write_code(embed), "pinned": job.pinned, "layout": LAYOUT}
    values |= {"dataset": describe_figure(figure, job.imprint, language.up), "citation": _cite(figure, job)}
    values |= {"table": lay_table(figure), "places": {name: list_places(spec) for name, spec in specs.items()}}
    texts = {
        **{f"site:figures/{slug}/spec-{name}.json": write_spec(publish_spec(spec)) for name, spec in specs.items()},
        f"site:figures/{slug}/download.svg": framed,
        f"site:figures/{slug}/data.csv": write_csv(figure),
        f"site:figures/{slug}/data.json": write_json(figure),
        f"site:oembed/{slug}.json": write_oembed(embed),
        f"site:embed/{slug}.html": _render_template("embed.html.j2", values),
        f"cache:figures/{slug}.html": _render_template("figure.html.j2", values),
    }
    if charts := list_charts(specs["wide"]):
        texts[f"site:figures/{slug}/dates.json"] = pack_json(charts)
    files = {name: text.encode() for name, text in texts.items()}
    if language.up:
        return {name: content for name, content in files.items() if not name.endswith(_list_first_alone(charts))}
    return {**files, f"site:figures/{slug}/download.png": draw_png(framed)}


def _list_first_alone(charts: object) -> tuple[str, ...]:
    """List what stands in English alone, at the root, as PNG do: rows, and a specification that no page draws."""
    return ("/data.csv", "/data.json", *(("/spec-narrow.json", "/spec-wide.json") if charts else ()))


def _cite(figure: SpokenFigure, job: _Job) -> Citation:
    return cite(job.language, figure.headline, job.imprint.as_of, f"{PAGE}#figure-{figure.slug}", f"oms-{figure.slug}")


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = format_cell
    environment.globals["saved_as"] = name_download
    return environment


def _render_template(name: str, values: Mapping[str, Any]) -> str:
    language: Language = values["language"]
    return language.tidy(_environment().get_template(name).render(**values, gettext=language.gettext))


def _write_cell(cell: SpokenCell, column: SpokenColumn) -> str:
    if cell is None:
        return ""
    if column.kind in {"share", "points"}:
        return f"{float(cell):.{SHARE_DIGITS}f}"
    if isinstance(cell, float) and column.digits > 1:
        return f"{cell:.{column.digits}f}"
    return csv_cell(cell) if isinstance(cell, str) else str(cell)


def _read_manifest(path: Path) -> dict[str, dict[str, Any]]:
    """Read what was made from what; a file that cannot be read means that nothing was."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _find_key(entry: Mapping[str, Any], roots: Mapping[str, Path]) -> str:
    """Return the key of a figure whose files are all there as they were written; nothing for another."""
    for name, digest in entry.get("files", {}).items():
        path = _locate(name, roots)
        if not path.is_file() or hash_file(path) != digest:
            return ""
    return str(entry.get("key", ""))


def _write_files(files: Mapping[str, bytes], before: Iterable[str], roots: Mapping[str, Path]) -> dict[str, str]:
    """Write files whose bytes differ, without those that an older program made besides; return the hash of each."""
    for name in set(before) - files.keys():
        _locate(name, roots).unlink(missing_ok=True)
    for name, content in files.items():
        write_if_changed(_locate(name, roots), content)
    return {name: hash_bytes(content) for name, content in sorted(files.items())}


def _locate(name: str, roots: Mapping[str, Path]) -> Path:
    root, _, path = name.partition(":")
    return roots[root] / path


def _remove_stale(slugs: set[str], roots: Mapping[str, Path]) -> None:
    for folder in sorted((roots["site"] / "figures").glob("*/")):
        if folder.name not in slugs:
            shutil.rmtree(folder)
    places = ((roots["site"], "embed/*.html*"), (roots["site"], "oembed/*.json*"), (roots["cache"], "figures/*.html*"))
    unfinished = (roots["site"] / "figures").glob(f"*/*{PARTIAL}")  # of a run that was killed
    for path in [*(path for root, pattern in places for path in root.glob(pattern)), *unfinished]:
        if path.stem not in slugs:
            path.unlink()


def _lead_on(moved: Mapping[str, str], slugs: set[str], folder: Path, language: Language) -> None:
    """Write pages that lead from figures that are gone to those that took their places."""
    for before, after in moved.items():
        if before not in slugs and after in slugs:
            page = _render_template("moved.html.j2", {"slug": after, "language": language})
            write_if_changed(folder / f"{before}.html", page)


def _write_vega(path: Path, language: Language) -> None:
    """Write the engine that makes figures live, once per version of it; a translation takes it from the root."""
    if language.up:
        write_if_changed(path, f'export * from "../{language.up}vega/vega.js";\n')
        return
    mark = path.with_suffix(".version")
    version = f"{RENDERER} {VEGA_SNIPPET}\n"
    if path.is_file() and mark.is_file() and mark.read_text(encoding="utf-8") == version:
        return
    write_if_changed(path, vl_convert.javascript_bundle(VEGA_SNIPPET))
    write_if_changed(mark, version)
