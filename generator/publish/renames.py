"""What published files and columns were called before: the hand-kept list, as a table."""

import csv
import datetime as dt
from pathlib import Path
from typing import Final

import pandas as pd

from generator.star.table import Column, Table
from generator.text.say import say

RENAMES: Final = Path(__file__).parent / "renames.csv"
# The file of a row that says which figure took the place of another.
FIGURES: Final = "figures"
_COLUMNS: Final = (
    Column("file", "code", say("File"), "Path of the file below the folder of the data, or of its figure."),
    Column("before", "code", say("Name before"), "Name of a column, or of the file."),
    Column("after", "code", say("Name now"), "What it is called now."),
    Column("on", "date", say("Since"), "UTC day of the change."),
)


def list_moved() -> dict[str, str]:
    """List the figures that are gone, each with the one that took its place."""
    rows = read_renames().records()
    return {str(row["before"]): str(row["after"]) for row in rows if row["file"] == FIGURES}


def read_renames() -> Table:
    """Read which columns and files have another name than before, the newest change first."""
    with RENAMES.open(encoding="utf-8", newline="") as file:
        rows = [{**row, "on": dt.date.fromisoformat(row["on"])} for row in csv.DictReader(file)]
    frame = pd.DataFrame(rows, columns=[column.name for column in _COLUMNS]).sort_values(
        "on", ascending=False, kind="stable"
    )
    return Table("renames", "Names that changed", "A column or a file.", _COLUMNS, frame)
