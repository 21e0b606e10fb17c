"""Tasks: each country's share of what was downloaded in every task group, over time, and video models by name."""

from typing import Final

from generator.base.settings import MIN_GROUP_PART
from generator.questions.ground import Ground
from generator.registry import TASK_GROUPS, UNREVIEWED
from generator.star.columns import COLUMNS
from generator.star.named import list_windows
from generator.star.shares import NOT_PLACES
from generator.star.table import Column, Table, ask_table, declare_table
from generator.star.windowed import each_model, name_newest, windowed
from generator.text.say import say

VIDEO: Final = "video"
# Countries with a history in each group: the largest on the newest date, and the two that the claims are about.
FOLLOWED: Final = 5
ALWAYS: Final = ("CN", "US")
VIDEO_MODELS: Final = 40
LEADS: Final = {
    "leads": say("leads"),
    "from-the-start": say("leads from the first date on, or before"),
    "level": say("level"),
    "too-few": say("too few downloads to say"),
}

_NO_COUNTRY: Final = Column(
    "share_no_country", "share", say("No country"), "Fraction that is attributed to no country."
)
_DIVIDED: Final = tuple(COLUMNS[name] for name in ("as_of", "window", "attribution", "task_group"))

SHARES: Final = declare_table(
    "tasks-shares",
    "Shares within task groups",
    "A country in a task group.",
    *(*_DIVIDED, COLUMNS["country_code"], COLUMNS["downloads"], COLUMNS["share"]),
    COLUMNS["share_lower"],
    COLUMNS["share_upper"],
    COLUMNS["share_of_all"],
)
GROUPS: Final = declare_table(
    "tasks-groups",
    "The two largest countries of each task group",
    "A task group.",
    *(*_DIVIDED, COLUMNS["downloads"], COLUMNS["share_of_all"]),
    Column("first_code", "place", say("Most downloads"), "Country with the largest share; empty without one."),
    Column("share_first", "share", say("Share"), "Fraction of the group's downloads that is that country's."),
    Column("second_code", "place", say("Second"), "Country with the next share; empty without one."),
    Column("share_second", "share", say("Share"), "Fraction that is that country's."),
    Column(
        "lead",
        "text",
        say("Lead"),
        "Of the first country, by publisher in the window that is shown over time: leads, from-the-start, level where "
        "a review of the unreviewed could change the order, too-few without two countries or a hundredth of all.",
        vocabulary=LEADS,
    ),
    Column("leads_since", "date", say("Leads since"), "First date of the unbroken run on which it leads; empty else."),
    _NO_COUNTRY,
    Column("first_origin_code", "place", say("Most by maker"), "Country with the largest share by maker."),
    Column("share_first_origin", "share", say("Share"), "Fraction of the group's downloads that is that country's."),
    COLUMNS["share_named"],
)
HISTORY: Final = declare_table(
    "tasks-history",
    "Shares within task groups over time",
    "A country on a date; empty where the group has no downloads.",
    *(COLUMNS[name] for name in ("as_of", "window", "task_group", "attribution", "country_code", "share")),
)
NO_COUNTRY: Final = declare_table(
    "tasks-no-country",
    "What is attributed to no country within task groups over time",
    "A task group on a date, by publisher; empty where the group has no downloads.",
    *(*(COLUMNS[name] for name in ("as_of", "window", "task_group")), _NO_COUNTRY),
)
VIDEOS: Final = declare_table(
    "tasks-video-models",
    "Video models by name",
    "A model that makes video; its share is of the downloads of video generation.",
    *(COLUMNS[name] for name in ("model_id", "relation", "task", "downloads", "share", "publisher", "publisher_code")),
    *(COLUMNS[name] for name in ("origin", "origin_code", "created", "license")),
)

_ORDER: Final = f"attribution DESC, list_position({list(TASK_GROUPS)}, task_group)"
# Every country and category in every group, in one window on every date and in the others on the newest.
_PLACES: Final = f"""
    CREATE OR REPLACE TEMP TABLE tasks_places AS
    SELECT * EXCLUDE (unreviewed),
        whole / sum(if(place = 1, whole, 0)) OVER (PARTITION BY "window", as_of, attribution) AS share_of_all,
        downloads / whole AS share, if(country_code = '{UNREVIEWED}', 0, downloads / whole) AS share_lower,
        if(country_code = '{UNREVIEWED}', share, least((downloads + unreviewed) / whole, 1)) AS share_upper,
        if(country_code IN {NOT_PLACES}, NULL, place) AS "rank"
    FROM (
        SELECT *, sum(downloads) OVER task AS whole,
            sum(if(country_code = '{UNREVIEWED}', downloads, 0)) OVER task AS unreviewed,
            row_number() OVER (task ORDER BY country_code IN {NOT_PLACES}, downloads DESC, country_code) AS place
        FROM ({{tasks}}) WHERE country_code <> 'all'
        WINDOW task AS (PARTITION BY "window", as_of, attribution, task_group)
    )
"""
_SHARE: Final = f"""
    SELECT {", ".join(f'"{column.name}"' for column in SHARES.columns)} FROM tasks_places WHERE as_of = $as_of
    ORDER BY list_position($windows, "window"), {_ORDER}, place
"""
_LEAD: Final = """
    shown AS (FROM tasks_places WHERE "window" = $windows[1] AND attribution = 'publisher'),
    firsts AS (
        SELECT task_group, as_of, max(country_code) FILTER ("rank" = 1) AS leader FROM shown GROUP BY task_group, as_of
    ),
    leaders AS (
        SELECT task_group, max(country_code) FILTER ("rank" = 1) AS country_code,
            max(share_lower) FILTER ("rank" = 1) > max(share_upper) FILTER ("rank" = 2) AS is_clear
        FROM shown WHERE as_of = $as_of AND share_of_all >= $least GROUP BY task_group HAVING count("rank") > 1
    ),
    others AS (
        SELECT task_group, max(as_of) FILTER (leader IS DISTINCT FROM country_code) AS last_other
        FROM firsts JOIN leaders USING (task_group) GROUP BY task_group
    ),
    leads AS (
        SELECT task_group, 'publisher' AS attribution, $windows[1] AS "window", is_clear,
            min(as_of) AS since, last_other IS NULL AS is_from_start
        FROM leaders JOIN others USING (task_group) JOIN firsts USING (task_group)
        WHERE last_other IS NULL OR as_of > last_other GROUP BY task_group, is_clear, last_other
    )
"""
_DIVIDE: Final = f"""
    WITH {_LEAD}, named AS (
        SELECT $windows[1] AS "window", task_group, sum(downloads) AS named FROM ({{named}}) WHERE as_of = $as_of
        GROUP BY task_group
    ), groups AS (
        SELECT as_of, "window", attribution, task_group, whole AS downloads, share_of_all,
            max(country_code) FILTER ("rank" = 1) AS first_code, max(share) FILTER ("rank" = 1) AS share_first,
            max(country_code) FILTER ("rank" = 2) AS second_code, max(share) FILTER ("rank" = 2) AS share_second,
            sum(if("rank" IS NULL, share, 0) ORDER BY place) AS share_no_country
        FROM tasks_places WHERE as_of = $as_of GROUP BY as_of, "window", attribution, task_group, whole, share_of_all
    )
    SELECT groups.*, CASE
            WHEN attribution = 'origin' OR "window" <> $windows[1] THEN NULL
            WHEN is_clear IS NULL THEN 'too-few' WHEN NOT is_clear THEN 'level'
            WHEN is_from_start THEN 'from-the-start' ELSE 'leads' END AS lead,
        if(is_clear, since, NULL) AS leads_since, origins.first_code AS first_origin_code,
        origins.share_first AS share_first_origin, least(named / downloads, 1) AS share_named
    FROM groups LEFT JOIN leads USING ("window", attribution, task_group) LEFT JOIN named USING ("window", task_group)
        LEFT JOIN (SELECT "window", task_group, first_code, share_first FROM groups WHERE attribution = 'origin')
            AS origins USING ("window", task_group)
    ORDER BY list_position($windows, "window"), attribution DESC, downloads DESC, task_group
"""
# The groups of the newest date, on every date on which anything was downloaded.
_GRID: Final = """
    shown AS (FROM tasks_places WHERE "window" = $windows[1]),
    grid AS (
        SELECT attribution, task_group, as_of, whole FROM (SELECT DISTINCT attribution, as_of FROM shown)
        JOIN (SELECT DISTINCT attribution, task_group FROM shown WHERE as_of = $as_of) USING (attribution)
        LEFT JOIN (SELECT DISTINCT attribution, task_group, as_of, whole FROM shown)
            USING (attribution, task_group, as_of)
    )
"""
_FOLLOW: Final = f"""
    WITH {_GRID}, followed AS (
        SELECT attribution, task_group, country_code, min(number) AS number FROM (
            SELECT attribution, task_group, country_code, "rank" + {len(ALWAYS)} AS number FROM shown
            WHERE as_of = $as_of AND "rank" <= {FOLLOWED}
            UNION ALL
            SELECT attribution, task_group, code, list_position({list(ALWAYS)}, code)
            FROM grid CROSS JOIN (SELECT unnest({list(ALWAYS)}) AS code)
        ) GROUP BY attribution, task_group, country_code
    )
    SELECT as_of, $windows[1] AS "window", task_group, attribution, country_code,
        if(grid.whole IS NULL, NULL, coalesce(share, 0)) AS share
    FROM grid JOIN followed USING (attribution, task_group)
        LEFT JOIN shown USING (attribution, task_group, as_of, country_code)
    ORDER BY {_ORDER}, number, as_of
"""
_FOLLOW_NOBODY: Final = f"""
    WITH {_GRID}
    SELECT as_of, $windows[1] AS "window", task_group,
        if(any_value(grid.whole) IS NULL, NULL, sum(if("rank" IS NULL, coalesce(share, 0), 0) ORDER BY place))
            AS share_no_country
    FROM grid LEFT JOIN shown USING (attribution, task_group, as_of) WHERE attribution = 'publisher'
    GROUP BY as_of, task_group ORDER BY list_position({list(TASK_GROUPS)}, task_group), as_of
"""
_LIST: Final = f"""
    SELECT id AS model_id, relation, task, downloads, downloads / whole AS share, publisher, publisher_code, origin,
        origin_code, created::DATE AS created, license
    FROM ({{videos}}) CROSS JOIN (
        SELECT whole FROM tasks_places
        WHERE as_of = $as_of AND "window" = $windows[1] AND attribution = 'publisher' AND task_group = '{VIDEO}'
        LIMIT 1)
    WHERE as_of = $as_of AND task_group = '{VIDEO}' ORDER BY round(downloads) DESC, id LIMIT {VIDEO_MODELS}
"""


def compute(ground: Ground) -> tuple[Table, ...]:
    """Compute the tables: task groups by country now and over time, who leads in them, and video models by name."""
    windows, connection = list_windows(ground.histories), ground.reading.star.connection
    tasks = (
        f"""SELECT '{window}' AS "window", * FROM ({windowed(window, "task_group")})
            WHERE as_of = $as_of OR '{window}' = $followed"""
        for window in windows
    )
    asked_of = {"as_of": ground.as_of, "followed": windows[0]}
    connection.execute(_PLACES.format(tasks=" UNION ALL ".join(tasks)), asked_of)
    told = "id, task_group, relation, task, publisher, origin, created, license"
    named, videos = (each_model(windows[0], by, name_newest(windows[0])) for by in ("task_group", told))
    asked = (
        *((SHARES, _SHARE), (GROUPS, _DIVIDE.format(named=named)), (HISTORY, _FOLLOW)),
        *((NO_COUNTRY, _FOLLOW_NOBODY), (VIDEOS, _LIST.format(videos=videos))),
    )
    values = {"windows": list(windows), "as_of": ground.as_of, "least": MIN_GROUP_PART}
    return tuple(
        ask_table(connection, table, query, {name: value for name, value in values.items() if f"${name}" in query})
        for table, query in asked
    )
