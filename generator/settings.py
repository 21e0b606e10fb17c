"""Every limit and default in one place, each with its reason."""

from typing import Final

# --- The Hub -----------------------------------------------------------------------------------------

# The Hub's own maximum, with `expand` too: fewer requests against a limit that counts requests.
PAGE_ROWS: Final = 1000
# The client waits for ever by default; a page of 1,000 rows arrives within seconds.
REQUEST_TIMEOUT_SECONDS: Final = 60.0
# A rate-limit window is five minutes; waiting longer than one window and its slack means something else is wrong.
MAX_WAIT_SECONDS: Final = 330.0
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
# Rows of an interval that hold less than this part of its downloads are folded: in a draw of the Hub's size nine rows
# in ten, which hold 0.2 % of the downloads and take four fifths of the file.
ROW_FLOOR: Final = 2.5e-7
# Models kept by name in each interval: enough for a top list in each country that has one.
LEDGER_TOP_MODELS: Final = 2000

# Anomalies of all-time counters. Falls below this are the Hub's own corrections of a few downloads, not worth a line.
MIN_FALL_DOWNLOADS: Final = 1000
# A counter cannot rise by more than the last thirty days held. The two counts are not taken at the same moment, so
# twice as much is still no anomaly, and what is less than a large model's day is not worth a line.
SPIKE_FACTOR: Final = 2
MIN_SPIKE_DOWNLOADS: Final = 10_000
# A counter that did not move while the thirty days' count says that at least so many downloads fell into the interval.
MIN_STALL_DOWNLOADS: Final = 1000
# Of each kind the largest are listed.
MAX_ANOMALIES: Final = 50

# --- Report ------------------------------------------------------------------------------------------

# Publishers with a page of their own, the largest first.
PUBLISHER_PAGES: Final = 100
# Rows of the list of most downloaded models.
MODEL_ROWS: Final = 300
