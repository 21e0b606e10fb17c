"""The registry read plainly, for tests that compute something once more without the program's own code."""

import csv
from pathlib import Path
from typing import Final

PUBLISHERS: Final = Path(__file__).resolve().parents[1] / "generator" / "registry" / "publishers.csv"


def read_codes() -> dict[str, str]:
    """Read the code of every account straight from the file: alias, country, else the category."""
    with PUBLISHERS.open(encoding="utf-8", newline="") as file:
        rows = {row["handle"].lower(): row for row in csv.DictReader(file)}
    codes = {}
    for handle, row in rows.items():
        target = rows[row["alias_of"].lower()] if row["alias_of"] else row
        known = target["basis"] != "unverified"
        codes[handle] = (target["country"] or "UNAFFILIATED") if known else "UNREVIEWED"
    return codes
