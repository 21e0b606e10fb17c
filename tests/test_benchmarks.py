"""The benchmarks say what they measured: one line a figure, and all of them in one table at the end."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.growth import draw_history, run_growth_step
from benchmarks.measured import HEAD, Measured, measure, run_apart, show
from benchmarks.scale import draw_night
from generator.registry import load_registry
from tests.small import append_all

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two nights of a drawn Hub of 3,000 models, and three more before them."""
    folder = tmp_path_factory.mktemp("drawn")
    for step in ("first", "next"):
        draw_night(folder, 3000, step)
        append_all(folder, load_registry())
    draw_history(folder, 5)
    return folder


def test_a_history_is_named_by_its_own_nights(store: Path, tmp_path: Path) -> None:
    """Not by those of the default."""
    assert "first report after 5 nights" == run_growth_step("report", store, tmp_path / "site").what


def test_a_step_in_a_process_of_its_own_tells_what_it_used(store: Path) -> None:
    """Processor seconds and memory are its own, not those of the process that started it."""
    (found,) = run_apart("benchmarks.scale", "--step", "report", "--store", store)
    assert found.what.startswith("report over")
    assert 0.1 < found.seconds < 100
    assert 100 < found.peak < 2000


def test_work_in_other_processes_counts() -> None:
    """Their processor seconds, and what all of them hold at once."""
    held = "import time; kept = bytearray(200_000_000); sum(range(5_000_000)); time.sleep(2)"
    found = measure("hold 200 MB", lambda: subprocess.run([sys.executable, "-c", held], check=True))
    assert found.seconds > 0.1
    assert found.peak > 200


def test_a_run_ends_with_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    """Each figure is printed when it is known; what was not measured is left empty."""
    show(iter([Measured("parse rows", 1.5, 300.0), Measured("wait", more="10 s by the clock")]))
    lines = ["parse rows" + " " * 59 + "1.50 s       300 MB", "wait" + " " * 86 + "10 s by the clock"]
    assert [*lines, "", HEAD, "-" * len(HEAD), *lines] == capsys.readouterr().out.splitlines()
