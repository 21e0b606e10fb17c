"""Real data that are not part of the repository, in the folder that `OMS_TEST_DATA` names; without it tests skip."""

import os
from pathlib import Path
from typing import Final

import pytest

DATA: Final = Path(os.environ.get("OMS_TEST_DATA") or "OMS_TEST_DATA-is-not-set").resolve()


def needs(path: Path) -> pytest.MarkDecorator:
    """Skip a test where its real data are absent, and say which."""
    return pytest.mark.skipif(not path.exists(), reason=tell_absent(path))


def tell_absent(path: Path) -> str:
    """Say that real data are absent, and how to name their folder."""
    return f"no {path.name}: set OMS_TEST_DATA to the folder of the real data"
