"""Every limit and default in one place, each with its reason."""

from typing import Final

# --- The Hub -----------------------------------------------------------------------------------------

# The Hub's own maximum, with `expand` too: fewer requests against a limit that counts requests.
PAGE_ROWS: Final = 1000
# The client waits for ever by default; a page of 1,000 rows arrives within seconds.
REQUEST_TIMEOUT_SECONDS: Final = 60.0
# A rate-limit window is five minutes; waiting longer than one window and its slack means something else is wrong.
MAX_WAIT_SECONDS: Final = 330.0
# The Hub counts requests in fixed windows of this length; a refusal that names no time is waited out for one of them.
RATE_WINDOW_SECONDS: Final = 300.0
# One reading of the list. 3,300 pages take 17 minutes with a free token and 40 without one (November 2026); three times
# that leaves the build its time within the night's job. What was read is kept, and the second run goes on there.
MAX_CRAWL_SECONDS: Final = 7_200.0
# From the first page of a list to its last, over all runs that read it: counts of one night, not of a whole day.
MAX_CRAWL_SPAN_SECONDS: Final = 10_800.0
# Tries for one page, the first one included; with doubling waits this outlasts a short outage of the Hub.
MAX_TRIES: Final = 6
# Three times the 3,300 pages of November 2026; a cursor that never ends stops here.
MAX_PAGES: Final = 10_000
# Rows of a list or file in which a field is there but of another kind than ever; above this fraction its type has
# changed, and a column would be lost in silence. Of 4,167 archived rows of May 2026 none is of another kind.
MAX_UNREAD_FRACTION: Final = 0.01

# --- Windows -----------------------------------------------------------------------------------------

# The Hub's `downloads` counts the last thirty days.
COUNT_DAYS: Final = 30
YEAR_DAYS: Final = 365
# The longest month. An interval of more days has a gap, or a place for weeks of an archive; one of a month has neither.
MONTH_DAYS: Final = 31
# Of an interval of more days than a quarter of a year the flow of first years is not told from that of later ones: it
# is split evenly, and a model's downloads after its release are anything but even.
MAX_SPLIT_DAYS: Final = 92
# Below this coverage a trailing year is not called one.
MIN_YEAR_COVERAGE: Final = 0.95

# --- Ledger ------------------------------------------------------------------------------------------

# Publishers that nobody has reviewed and that stay under this many downloads in an interval are folded into
# one row: they are unreviewed either way, so no share changes, and the interval's file stays small.
PUBLISHER_FLOOR_DOWNLOADS: Final = 300
# Rows of an interval that hold less than this part of its downloads are folded: in a draw of the Hub's size nine rows
# in ten, which hold 0.2 % of the downloads and take four fifths of the file.
ROW_FLOOR: Final = 2.5e-7
# What the engine of joins and sums may hold; beyond it goes to disk. Twice what a Hub of 3.2 million models needs, so
# that one of four times that size slows down and does not end.
ENGINE_MEMORY: Final = "1GB"
# The same for the star of a report, beside which a process holds a history's models and accounts: at 3.2 million models
# a report over 120 weeks held 1.1 GB with it, and 1.4 GB without a bound.
STAR_MEMORY: Final = "256MB"
# Models kept by name in each interval: enough for a top list in each country that has one.
LEDGER_TOP_MODELS: Final = 2000
# Steps that are kept of the chain of each of them: twice as many as the deepest of 4,167 archived models of May 2026
# has, a merge of merges. What is longer is a mistake, or meant to fill the file.
CHAIN_STEPS: Final = 26

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

# --- Corrections -------------------------------------------------------------------------------------

# A change of a published headline's share by more than this is an entry in the log: the last digit that pages show.
MAX_SILENT_CHANGE: Final = 0.001

# --- Report ------------------------------------------------------------------------------------------

# Publishers with a page and a picture of their own, the largest first; and organisations with a page, feed and badge.
PUBLISHER_PAGES: Final = 100
# Rows of the list of most downloaded models.
MODEL_ROWS: Final = 300
# Accounts on the registry's first page: nine tenths of the reviewed downloads, and 50 KB of its evidence. The others
# stand under their letters.
REGISTRY_ROWS: Final = 100

# --- Thinning by age ---------------------------------------------------------------------------------

# Every night of a quarter, then a date a week, after two years one a month: 1,200 nights are some 200 dates, and what
# a reader can tell apart in a picture of 680 pixels is kept.
THIN_TO_WEEKS_DAYS: Final = 90
THIN_TO_MONTHS_DAYS: Final = 730
# Intervals of the ledger that go out with the site. The dataset repository has all of them; at the Hub's size one is
# 1.3 MB, and a site may have 1 GB.
SITE_INTERVALS: Final = 90
# Dates of a table on a page, the newest; the file beside it has the others.
TABLE_DATES: Final = 12
# Rows, or newest dates, of a figure's table on a page; every cell is an element that each reader's phone lays out.
FIGURE_ROWS: Final = 10

# --- What may be said --------------------------------------------------------------------------------

# One model decides a sentence if it carries more than this of the margin between two countries (a fraction: 5 points),
ONE_MODEL_MARGIN: Final = 0.05
# or more than this part of a total,
ONE_MODEL_PART: Final = 0.1
# or holds this part of a total and moved this many times over between two dates. In April 2026 one model of the
# catalogue went from 2.2 to 86 million within seventeen days, a sixth of all downloads there.
SURGE_PART: Final = 0.01
SURGE_FACTOR: Final = 10.0
# A list that grew by more than this between two dates is another list: a line over it is broken there.
MAX_LIST_GROWTH: Final = 0.2
# Below this part of the downloads a group has no leader, and below the second a country has no share to draw.
MIN_GROUP_PART: Final = 0.01
MIN_COUNTRY_SHARE: Final = 0.001
# The shares of the bundled outside series are good to this much, a tenth of a point: its source rounds, and so do we.
OUTSIDE_SHARE_ERROR: Final = 0.001

# --- Listings that people bring -----------------------------------------------------------------------

# A stranger's file, unpacked. The Hub's whole list as the API gives it is some 2 GB: 3.2 million models of 700 bytes.
MAX_LISTING_BYTES: Final = 4_000_000_000
# Three times the Hub's 3.2 million models of November 2026.
MAX_LISTING_ROWS: Final = 10_000_000
# Unpacked bytes for each packed one. Ten real listings unpack to 5 to 11 times their size, files made to fill a memory
# to a thousand times; small files of one repeated line, which are harmless, are not measured.
MAX_UNPACK_RATIO: Final = 100
UNPACK_RATIO_FROM_BYTES: Final = 10_000_000
# One JSON document, which is held in memory at some six times its size. The Hub's whole list comes as JSON lines.
MAX_DOCUMENT_BYTES: Final = 500_000_000
# Offenders that are named of each kind of mistake: enough to see the pattern, few enough to read.
MAX_OFFENDERS: Final = 5

# --- Counts that were not collected again -------------------------------------------------------------

# In a list whose rows carry no day of collection, a 30-day count of at least this that equals the row's previous one
# was not collected again. In live counts of four days, 0.4 % of those from 1,000 were equal by chance, none of 542 from
# 10,000; among small ones a third are (August 2026).
FRESH_MIN_DOWNLOADS: Final = 1000
# Part of a list's downloads whose counts stand unchanged since the snapshot before. Of sixteen days of the head
# of the Hub 53 % did on 13 August 2026, 4.7 % on the 21st, under 0.01 % on all others; of the bundled lists up to 23 %.
WARN_UNCHANGED: Final = 0.05
MAX_UNCHANGED: Final = 0.25

# --- An archive with a floor --------------------------------------------------------------------------

# A 30-day count whose all-time counter has not moved for so many days is a stale one, and counts as 0: the rule of the
# archive Model Pulse. It is compared with the newest usable day that long ago, or up to so many days longer.
STALE_DAYS: Final = 31
STALE_SLACK_DAYS: Final = 10
# A day with less than this part of its month's usual rows is partial, and nothing is measured from it or to it.
MIN_ROWS_OF_USUAL: Final = 0.5
# What an archive with a floor may leave out of the Hub's 30-day downloads and still stand for all public models.
MAX_LEFT_OUT: Final = 0.005
# Days between a snapshot of ours and the archive's day that it is compared with: the archive is a day behind at times,
# and spans of days that it marks as unusable are at most this long.
MAX_MEETING_DAYS: Final = 10

# --- Gates -------------------------------------------------------------------------------------------
# Limits of change hold for one day. After n days they are √n times as wide, as for steps that do not know of each
# other, and never more than three times: a gap of more than nine days is a reason to look, not to let all pass.

MAX_WIDENING: Final = 3.0
# Models in the first listing of huggingface.co, which has none before it to be compared with. It had 2.96 million in
# August 2026 and grew by some 2,500 a day.
MIN_HUB_ROWS: Final = 2_500_000
# Models of a listing, as a part of those in the last accepted one. A list that passes the proofs of its end and comes
# out shorter was purged, or cut where no proof looks; a maintainer tells which.
MIN_ROWS_OF_PREVIOUS: Final = 0.98
# Rows that cannot be parsed are set aside and counted; above this fraction the format has changed.
MAX_QUARANTINED_FRACTION: Final = 0.01
# Rows that repeat within one listing: a few move while it is read; more means the cursor went back.
MAX_REPEATED_FRACTION: Final = 0.005
# Models of the last accepted snapshot that must still be there. A day of the Hub removes well under 1 %.
MIN_SURVIVING: Final = 0.99
# The same two floors for a selection, whose rules we do not know: the study's rolling list lost 17 % of its models
# on 21 January 2026 because they turned a year old. Below three quarters it is another list.
MIN_ROWS_OF_SELECTION: Final = 0.75
MIN_SURVIVING_OF_SELECTION: Final = 0.75
# The Hub grows by a tenth of a per cent a day; more than this within one interval deserves a look.
MAX_ROWS_OF_PREVIOUS: Final = 1.05
# Change of all downloads in a day. The head of the Hub moved by 4.4 % at the most (14 August 2026).
MAX_TOTAL_CHANGE: Final = 0.20
# No gap, however long, lets half of all downloads appear or vanish unseen.
MAX_TOTAL_CHANGE_EVER: Final = 0.40
# Change of one country's or category's share in a day. In 39 days of summer 2026 the catalogue's largest one moved by
# 6.1 points.
MAX_SHARE_CHANGE: Final = 0.03
# Fall of a column's fill rate. In August 2026 no column lost half a point in a day.
MAX_FILL_FALL: Final = 0.02
# Fallen all-time counters, as a part of all. The study's series never lost more than 0.02 % in a week.
WARN_FALLS: Final = 0.0001
MAX_FALLS: Final = 0.01
# Downloads by the counters, as a multiple of what the 30-day counts say of as many days. The two are counted alike
# and differ by days, not by multiples; counters that were filled up at once would be taken for downloads of a day.
WARN_FLOW_FACTOR: Final = 2.0
MAX_FLOW_FACTOR: Final = 5.0
# An account that nobody has reviewed with more than this part of all 30-day downloads moves the bounds visibly.
MAX_UNREVIEWED_PUBLISHER: Final = 0.005
# Known models that a complete listing holds. One can be removed or renamed; two at once were not.
MAX_CANARIES_MISSING: Final = 1
# Days between two accepted nights, and age of the counts, before a reader of the status page is told.
MAX_NIGHT_DAYS: Final = 1

# --- Site --------------------------------------------------------------------------------------------

# A phone on a slow line has half a megabyte after some seconds: the warning comes before that. After 1,200 drawn nights
# the largest page, the history, has 0.47 MB and grows by a date a month; what stops a night is a page that went wrong.
MAX_PAGE_BYTES: Final = 800_000
# GitHub Pages publishes at most 1 GB.
MAX_SITE_BYTES: Final = 1_000_000_000
# The site of the bundled data, all its files: a newcomer has it in a minute, and what is added must be worth its bytes.
# It had 49.9 MB in November 2026: 16 of them figures, 2.4 cards for those who link to it, 1.7 pages of single models, 1
# badges and feeds of places.
BUNDLED_SITE_BYTES: Final = 55_000_000
# A language of which less is translated is not published: a page in two languages serves readers of neither. One
# message in twenty is about what a month of changes leaves behind.
MIN_TRANSLATED: Final = 0.95
# From this part of a limit on, the night says so: there are months left to do something about it.
WARN_LIMIT_PART: Final = 0.6

# A file of the page Explore, which is read when somebody chooses: compressed to a third of this, 1.6 Mbit/s bring it
# in half a second.
EXPLORER_FILE_BYTES: Final = 300_000

# Requests of a new runner's pull: a tenth of what the Hub answers in five minutes with a free token, and what 1,200
# nights need.
MAX_PULL_REQUESTS: Final = 200

# --- Night -------------------------------------------------------------------------------------------

# Without a token the rate limit alone takes more than half an hour; the job that runs a night ends after 150 minutes.
NIGHT_BUDGET_MINUTES: Final = 140.0
# Snapshots that stay: the next flow begins at the newest one, and the one before shows what that changed.
KEPT_SNAPSHOTS: Final = 2
# Days for which a held snapshot stays in the dataset repository: a maintainer may be away for a week.
HELD_DAYS: Final = 14
# How often a push begins again on top of a newer commit, or after an answer that did not come.
MAX_PUSH_TRIES: Final = 8
# A deployment is served from many places; within this time all of them have it.
LIVE_WAIT_SECONDS: Final = 600.0

# --- Copies ------------------------------------------------------------------------------------------
# What another's site may send to whoever copies its history. A site of GitHub Pages has at most 1 GB; the ledger of 90
# nights of the whole Hub, which goes out with one, has 120 MB in 360 files.

MAX_COPY_BYTES: Final = 1_000_000_000
MAX_COPY_FILES: Final = 8_000
# An interval of the whole Hub has 1.3 MB in four files, the log of corrections of a year some kilobytes.
MAX_COPY_FILE_BYTES: Final = 20_000_000
# The manifest: 2 KB an interval, and a line for each that the site leaves out.
MAX_COPY_MANIFEST_BYTES: Final = 20_000_000
# Rows and unpacked bytes that one file of a ledger may hold: the whole Hub's largest has 60,000 rows in 6 MB.
MAX_COPY_ROWS: Final = 2_000_000
MAX_COPY_UNPACKED_BYTES: Final = 500_000_000
# From one address to the next before it is given up; sites move once or twice.
MAX_REDIRECTS: Final = 5
