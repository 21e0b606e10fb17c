"""Shows steps and how far long work is: a spinner and a bar on a terminal, plain lines elsewhere."""

import time
from collections.abc import Callable
from typing import Final

from rich.console import Console, RenderableType
from rich.progress import Progress as Display
from rich.progress import ProgressColumn, SpinnerColumn, Task, TextColumn, TimeElapsedColumn
from rich.progress_bar import ProgressBar

from generator.base.encode import line
from generator.base.progress import Progress

# Lines of a log: at each tenth of the work, and at least so often, so that a reader sees that it goes on.
STEPS: Final = 10
MOST_SECONDS_BETWEEN_LINES: Final = 60.0
BAR_CHARACTERS: Final = 30


class LogSteps:
    """Chooses what of many reports becomes a line of a log.

    The first one of a piece of work does, each that reaches a further tenth, each wait, and one a minute.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._work: tuple[str, int | None] | None = None
        self._step = 0
        self._told = 0.0

    def is_due(self, progress: Progress) -> bool:
        """Return whether a report becomes a line, and remember it then."""
        now, work = self._monotonic(), (progress.unit, progress.total)
        step = progress.done * STEPS // progress.total if progress.total else 0
        is_late = now - self._told >= MOST_SECONDS_BETWEEN_LINES
        if work == self._work and step <= self._step and not is_late and not progress.is_waiting:
            return False
        self._work, self._step, self._told = work, step, now
        return True


class StepReporter:
    """Shows steps, and how far each is, on a console; ends with its block."""

    def __init__(self, console: Console, steps: LogSteps | None = None) -> None:
        columns = (SpinnerColumn(), _Bar(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
        self._console = console
        self._steps = steps or LogSteps()
        self._display = Display(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._display.add_task("starting", total=None, progress=None)

    def __enter__(self) -> "StepReporter":
        self._display.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._display.stop()

    def say(self, text: str) -> None:
        """Say which step runs."""
        if self._console.is_terminal:
            self._display.update(self._task, description=text, progress=None)
        else:
            self._console.print(text)

    def show(self, progress: Progress) -> None:
        """Show how far the work is."""
        text = line(progress.text)
        if self._console.is_terminal:
            self._display.update(self._task, description=text, progress=progress)
        elif self._steps.is_due(progress):
            self._console.print(text)


class _Bar(ProgressColumn):
    """A bar for work whose end is known, and nothing for other work."""

    def render(self, task: Task) -> RenderableType:
        """Return the bar."""
        progress: Progress | None = task.fields["progress"]
        if progress is None or not progress.total:
            return ""
        return ProgressBar(total=progress.total, completed=progress.done, width=BAR_CHARACTERS)
