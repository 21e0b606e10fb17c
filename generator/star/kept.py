"""The sums of periods as they were found before, so that a report reads the rows of new nights alone.

    sums/<nights>-<registry>.parquet    the cells of a period and its days, with the values of their classes

A file is derived and may be absent; nothing pushes it. It counts only for the files of flows whose names, and so whose
bytes, it carries the hash of, and for the same accounts, countries and program: a corrected registry reads all rows
again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from generator.base.files import hash_bytes, open_atomically
from generator.ledger.classify import LANGUAGE_GROUPS
from generator.ledger.thinning import Period

FOLDER: Final = "sums"
# A row is a cell of the period, or one of a night's days: these have the number of the night within the period.
COLUMNS: Final = (
    *("publisher_code", "origin_code", "task_group", "size_band", "relation", "license_class"),
    *("generative", "first_year", "language", "is_own", "offset"),
    *("flow", "downloads_30d", "downloads_all_time", "counted", "uncounted", "models"),
)
_SCHEMA: Final = pa.schema(
    [pa.field(name, pa.string()) for name in COLUMNS[:6]]
    + [pa.field(name, pa.bool_()) for name in COLUMNS[6:10]]
    + [pa.field("offset", pa.int16())]
    + [pa.field(name, pa.int64() if name == "counted" else pa.float64()) for name in COLUMNS[11:]]
)
_DIGITS: Final = 16


@dataclass(frozen=True)
class KeptSums:
    """A folder with the sums of periods.

    Attributes:
        folder: in the store.
        made_with: hash of the accounts that the sums are by, and of the program that sums.
    """

    folder: Path
    made_with: str

    @classmethod
    def of(cls, store: Path, accounts: pa.Table, program: Path) -> "KeptSums":
        """Return the sums that a store keeps of the accounts and the program given."""
        lines = "\n".join(map(repr, [accounts.to_pydict(), sorted(LANGUAGE_GROUPS)]))
        code = program.read_bytes() + Path(__file__).read_bytes()
        return cls(store / FOLDER, hash_bytes(lines.encode() + code)[:_DIGITS])

    def read(self, period: Period) -> pa.Table | None:
        """Read a period's sums; None where there are none, or where bytes changed."""
        path = self._locate(period)
        if not path:
            return None
        try:
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                return file.read(use_threads=False).cast(_SCHEMA)
        except (OSError, ValueError, pa.ArrowException):
            return None

    def keep(self, period: Period, sums: pa.Table) -> None:
        """Keep a period's sums; those of rows that are in no file are not kept."""
        path = self._locate(period)
        if path:
            with open_atomically(path) as file:
                pq.write_table(sums.cast(_SCHEMA), file, compression="zstd", write_page_checksum=True)

    def remove_others(self, periods: Sequence[Period]) -> None:
        """Remove the sums of what is none of the periods, and of other accounts."""
        names = {path.name for period in periods if (path := self._locate(period))}
        for path in self.folder.glob("*"):
            if path.name not in names:
                path.unlink(missing_ok=True)

    def _locate(self, period: Period) -> Path | None:
        paths = [entry.locate("flows") for entry in period.entries]
        names = "\n".join(path.name for path in paths if path)
        return None if None in paths else self.folder / f"{hash_bytes(names)[:_DIGITS]}-{self.made_with}.parquet"
