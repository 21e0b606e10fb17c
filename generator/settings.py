"""Every limit and default in one place, each with its reason."""

from typing import Final

# --- The Hub -----------------------------------------------------------------------------------------

# The Hub's own maximum, with `expand` too: fewer requests against a limit that counts requests.
PAGE_ROWS: Final = 1000
# The client waits for ever by default; a page of 1,000 rows arrives within seconds.
REQUEST_TIMEOUT_SECONDS: Final = 60.0
# A rate-limit window is five minutes; waiting longer than one window and its slack means something else is wrong.
MAX_WAIT_SECONDS: Final = 330.0
# One reading of the list. 3,300 pages take 17 minutes with a free token and 40 without one (November 2026); three times
# that leaves the build its time within the night's job. What was read is kept, and the second run goes on there.
MAX_CRAWL_SECONDS: Final = 7_200.0
# Tries for one page, the first one included; with doubling waits this outlasts a short outage of the Hub.
MAX_TRIES: Final = 6
# Three times the 3,300 pages of November 2026; a cursor that never ends stops here.
MAX_PAGES: Final = 10_000
# Rows that cannot be parsed are set aside and counted; above this fraction the format has changed.
MAX_QUARANTINED_FRACTION: Final = 0.01
# A listing that came out this much shorter than the last accepted one was cut short, not shrunk.
MIN_ROWS_OF_PREVIOUS: Final = 0.98
# Rows that repeat within one listing: a few move while it is read; more means the cursor went back.
MAX_REPEATED_FRACTION: Final = 0.005

# --- Windows -----------------------------------------------------------------------------------------

# The Hub's `downloads` counts the last thirty days.
COUNT_DAYS: Final = 30
YEAR_DAYS: Final = 365
# Below this coverage a trailing year is not called one.
MIN_YEAR_COVERAGE: Final = 0.95

# --- Ledger ------------------------------------------------------------------------------------------

# Publishers that nobody has reviewed and that stay under this many downloads in an interval are folded into
# one row: they are unreviewed either way, so no share changes, and the interval's file stays small.
PUBLISHER_FLOOR_DOWNLOADS: Final = 300
# Models kept by name in each interval: enough for a top list in each country that has one.
LEDGER_TOP_MODELS: Final = 2000

# --- Report ------------------------------------------------------------------------------------------

# Publishers with a page of their own, the largest first.
PUBLISHER_PAGES: Final = 100
# Rows of the list of most downloaded models.
MODEL_ROWS: Final = 300
