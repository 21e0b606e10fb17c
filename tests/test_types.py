"""The program's types, as `make lint` checks them."""

import subprocess
import sys

import pytest

from generator.base.files import ROOT


@pytest.mark.slow
def test_the_types_of_the_program_agree() -> None:
    """Mypy, strict, finds nothing; what it found before and is unchanged lies in its own folder."""
    command = [sys.executable, "-m", "mypy", "generator"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, done.stderr), done.stdout
