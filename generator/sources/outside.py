"""The outside series: what others counted of the whole Hub by month, bundled as they published it."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from generator.base.errors import SnapshotError

FOLDER: Final = Path(__file__).parent / "outside"
SHARES: Final = "text_vlm_share_by_publisher.csv"
TOTALS: Final = "hub_monthly.csv"


def read_outside(folder: Path = FOLDER) -> tuple[Mapping[str, str], ...]:
    """Read the bundled months, oldest first: each a row of both tables, columns as the folder's README describes them.

    Raises:
        SnapshotError: the two tables do not speak of the same months.
    """
    shares, totals = _read_rows(folder / SHARES), _read_rows(folder / TOTALS)
    if list(shares) != list(totals) or list(shares) != sorted(shares):
        raise SnapshotError(
            f"{folder / SHARES} and {folder / TOTALS} do not hold the same months, oldest first. Bring both back "
            "as they were committed."
        )
    return tuple(totals[month] | row for month, row in shares.items())


def _read_rows(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["month"]: row for row in csv.DictReader(lines)}
