"""How far long work is: what a terminal and a log show of it."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from generator.base.progress import Progress, track
from generator.cli.progress import LogSteps, StepReporter

FILES = Progress(0, 40, "files", "part one")


class Watch:
    """A clock that stands until it is moved."""

    seconds = 100.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.seconds


@pytest.mark.parametrize(
    ("progress", "told"),
    [
        (FILES, "0 of 40 files · part one"),
        (Progress(1200, 3000, "snapshots"), "1,200 of 3,000 snapshots"),
        (Progress(7, None, "pages", "700 models"), "7 pages · 700 models"),
    ],
)
def test_progress_is_one_line(progress: Progress, told: str) -> None:
    """What is done, of how much if that is known, and what is being done."""
    assert told == progress.text


def test_a_list_that_is_tracked_tells_each_item_and_its_end() -> None:
    """Before each item its name, and how many are done; after the last one all."""
    told: list[Progress] = []
    names = [path.name for path in track([Path("a/x.csv"), Path("a/y.csv")], "files", told.append, lambda p: p.name)]
    assert ["x.csv", "y.csv"] == names
    assert [
        Progress(0, 2, "files", "x.csv"),
        Progress(1, 2, "files", "y.csv"),
        Progress(2, 2, "files"),
    ] == told


def test_a_log_gets_a_line_at_each_tenth() -> None:
    """Of 41 reports of forty files eleven: the first, and each tenth; a further piece of work begins anew."""
    steps = LogSteps(Watch())
    due = [done for done in range(41) if steps.is_due(replace(FILES, done=done))]
    assert list(range(0, 41, 4)) == due
    assert steps.is_due(Progress(0, 3, "snapshots"))


def test_a_log_gets_a_line_a_minute_and_one_at_a_wait() -> None:
    """Work that is slow, or whose end nobody knows, is seen to go on."""
    watch = Watch()
    steps = LogSteps(watch)
    pages = Progress(1, None, "pages")
    assert [True, False] == [steps.is_due(pages), steps.is_due(replace(pages, done=900))]
    watch.seconds += 60
    assert [True, False] == [steps.is_due(replace(pages, done=901)), steps.is_due(replace(pages, done=902))]
    assert steps.is_due(replace(pages, done=903, is_waiting=True))


def test_elsewhere_than_on_a_terminal_steps_are_plain_lines() -> None:
    """No control characters, neither the bar's nor those of a file's name."""
    shown = io.StringIO()
    with StepReporter(Console(file=shown, soft_wrap=True, highlight=False, markup=False), LogSteps(Watch())) as steps:
        steps.say("reading the registry")
        steps.show(replace(FILES, detail="[red]\x1b[2Jtwo.csv"))
        steps.show(replace(FILES, done=1))
    assert "reading the registry\n0 of 40 files · [red][2Jtwo.csv\n" == shown.getvalue()


def test_a_terminal_shows_a_bar_where_the_end_is_known() -> None:
    """A bar beside the count; a step without an end has none; nothing stays behind but what was printed."""
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=100, color_system=None, legacy_windows=False)
    with StepReporter(console) as steps:
        steps.say("reading the registry")
        steps._display.refresh()
        without = shown.getvalue()
        steps.show(replace(FILES, done=20))
        steps._display.refresh()
    assert ["reading the registry" in without, "━" in without] == [True, False]
    bar = shown.getvalue().removeprefix(without)
    assert [15, True] == [max(part.count("━") for part in bar.splitlines()), "20 of 40 files · part one" in bar]
