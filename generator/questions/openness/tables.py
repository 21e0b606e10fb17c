"""Openness: downloads by what the makers released and under which licence, by country; three makers as cases."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from generator.questions.ground import Ground
from generator.registry import Registry
from generator.star.columns import COLUMNS
from generator.star.definitions import ATTRIBUTIONS, Definition
from generator.star.named import GRADES, UNGRADED, list_windows
from generator.star.shares import sum_on
from generator.star.table import Column, Row, Table, ask_table, declare_table
from generator.star.window import compute_window
from generator.star.windowed import PLACE_COLUMNS, counted, follow_places, order_places
from generator.text import words
from generator.text.say import say

# Countries with series and a row on the page.
PLACES: Final = 12
# The makers whom the press article of November 2025 names, by words of their organisation's name in the registry.
CASES: Final = {
    "OpenAI": ("OpenAI",),
    "Meta": ("Meta", "Meta Platforms", "Meta AI"),
    "Ai2": ("Allen Institute for AI", "Ai2"),
}
CASE_FAMILIES: Final = 8

_FULLY_OPEN: Final = Column(
    "share_fully_open", "share", say("Fully open"), "Fraction of models of fully open families; a lower bound."
)
_OPEN_LICENSE: Final = Column(
    "share_open_license", "share", say("Open licence"), "Fraction under a standard open licence."
)
_GRADES: Final = (
    _FULLY_OPEN,
    Column(
        "share_data_described",
        "share",
        say("Data described"),
        "Fraction of families that describe their training data.",
    ),
    Column("share_open_weights", "share", say("Open weights"), "Fraction of families that open their weights alone."),
    Column("share_restricted_weights", "share", say("Restricted"), "Fraction of families with restricted weights."),
    Column("share_ungraded", "share", say("Not graded"), "Fraction of models by name whose family has no grade."),
    Column("share_unnamed", "share", say("Not named"), "Fraction of models that are not known by name."),
)
_LICENSES: Final = (
    _OPEN_LICENSE,
    Column("share_license_conditions", "share", say("With conditions"), "Fraction under a licence with conditions."),
    Column("share_non_commercial", "share", say("Non-commercial"), "Fraction licensed for non-commercial use only."),
    Column("share_license_unstated", "share", say("None stated"), "Fraction of models that state no licence."),
)
# What the columns of shares are of.
GRADE_OF: Final = dict(zip((column.name for column in _GRADES), GRADES, strict=True))
LICENSE_OF: Final = dict(zip((column.name for column in _LICENSES), words.LICENSE_CLASSES, strict=True))
_CASE: Final = Column("case", "text", say("Maker"), "The maker.")

MEASURES: Final = declare_table(
    "openness-shares",
    "Downloads by openness and licence",
    "A place under an attribution: grades sum to 1, and licences.",
    *(*PLACE_COLUMNS, COLUMNS["downloads"], *_GRADES),
    Column("share_no_grade", "share", say("No grade"), "Fraction of models not graded, or not known by name."),
    *_LICENSES,
)
HISTORY: Final = declare_table(
    "openness-history",
    "Openness over time",
    "A place on a date.",
    *(*PLACE_COLUMNS, _FULLY_OPEN),
    Column("share_disclosed", "share", say("Disclosed"), "Fraction of families that release or describe their data."),
    Column("share_graded", "share", say("With a grade"), "Fraction of models whose family has a grade."),
    _OPEN_LICENSE,
)
GRADED: Final = declare_table(
    "openness-graded",
    "Families with a grade",
    "A grade.",
    COLUMNS["grade"],
    Column("families", "count", say("Families"), "Families in the registry that have it.", "families"),
)
MAKERS: Final = declare_table(
    "openness-cases",
    "Three makers",
    "A maker whom the press article names.",
    *(_CASE, *(COLUMNS[name] for name in ("country_code", "downloads", "share_of_all", "share_of_country"))),
    Column(
        "origin_downloads", "count", say("By maker"), "Of all models, by anyone, that go back to its own.", "downloads"
    ),
    *_GRADES,
    Column("newest_model", "model", say("Newest"), "Its newest by name; empty where no creation is known."),
    Column("newest_created", "date", say("Created"), "Creation of that repository."),
    Column("newest_grade", "text", say("Grade"), "Of that model's family.", vocabulary=words.GRADES),
    Column("accounts", "text", say("Accounts"), "Its accounts on the Hub, a space between them."),
)
FAMILIES: Final = declare_table(
    "openness-families",
    "Families of three makers",
    "A family in the registry of openness with models known by name.",
    *(_CASE, COLUMNS["family"], COLUMNS["downloads"], COLUMNS["grade"]),
    Column("training_data", "text", say("Training data"), "What was released.", vocabulary=words.TRAINING_DATA),
    Column("training_code", "text", say("Training code"), "What was released.", vocabulary=words.TRAINING_CODE),
    COLUMNS["license"],
    Column("since", "text", say("Since"), "Month of the earliest creation among the maker's models of it by name."),
    *(COLUMNS["source_url"], COLUMNS["checked_on"]),
)


def _share(column: str, *codes: str, of: str) -> str:
    return f"sum(if({column} IN ({', '.join(map(repr, codes))}), downloads, 0)) / {of}"


_SUMS: Final = """
    sum(if(counted, downloads, 0)) AS total, sum(if(counted, 0, downloads)) AS named, greatest(total, named) AS whole
"""
_GRADE_SHARES: Final = [f"{_share('grade', code, of='whole')} AS {name}" for name, code in GRADE_OF.items()][:-1]
_MEASURE: Final = f"""
    SELECT * EXCLUDE (total, named, whole), total AS downloads, share_ungraded + share_unnamed AS share_no_grade FROM (
        SELECT as_of, $window AS "window", attribution, country_code, {_SUMS}, {", ".join(_GRADE_SHARES)},
            greatest(1 - ({" + ".join([*GRADE_OF][:-1])}), 0) AS share_unnamed,
            {", ".join(f"{_share('license_class', code, of='total')} AS {name}" for name, code in LICENSE_OF.items())}
        FROM openness WHERE as_of = $as_of GROUP BY as_of, attribution, country_code
    ) WHERE total > 0 ORDER BY {order_places("total")}
"""
_FOLLOW: Final = f"""
    WITH followed AS ({follow_places("(FROM openness WHERE as_of = $as_of AND counted)", PLACES)})
    SELECT $window AS "window", * EXCLUDE (place, total, named, whole) FROM (
        SELECT as_of, place, {_SUMS}, {_share("grade", GRADES[0], of="total")} AS share_fully_open,
            {_share("grade", *GRADES[:2], of="total")} AS share_disclosed,
            least({_share("grade", *GRADES[:4], of="total")}, 1 - {_share("grade", UNGRADED, of="total")})
                AS share_graded,
            {_share("license_class", "open", of="total")} AS share_open_license
        FROM openness JOIN followed USING (attribution, country_code) GROUP BY as_of, place
    ) JOIN followed USING (place) WHERE total > 0 ORDER BY place, as_of
"""


def compute(ground: Ground) -> tuple[Table, ...]:
    """Compute the tables: places on the newest date and over time, families by grade, and the three makers."""
    window = list_windows(ground.histories)[0]
    ground.reading.star.define("openness", counted(window, "license_class", "grade"))
    values = {"window": window, "as_of": ground.as_of}
    measures, history = (
        ask_table(ground.reading.star.connection, table, query, values)
        for table, query in ((MEASURES, _MEASURE), (HISTORY, _FOLLOW))
    )
    found = {case: _find_accounts(names, ground.registry) for case, names in CASES.items()}
    cases = {case: accounts for case, accounts in found.items() if accounts}
    sums = {attribution: _sum_accounts(ground, window, attribution) for attribution in ATTRIBUTIONS}
    makers = [_measure_case(case, accounts, ground, window, sums) for case, accounts in cases.items()]
    families = [row for case, accounts in cases.items() for row in _list_families(case, accounts, ground, window)]
    grades = [row.grade for row in ground.registry.openness]
    graded = [{"grade": grade, "families": grades.count(grade)} for grade in GRADES if grade in grades]
    return (measures, history, GRADED.fill(graded), MAKERS.fill(makers), FAMILIES.fill(families))


def _find_accounts(names: Sequence[str], registry: Registry) -> tuple[str, ...]:
    """Return the accounts whose organisation, or its parent, has one of these names."""
    rows = [row for row in registry.publishers.values() if row.organisation in names or row.parent in names]
    return tuple(sorted({registry.canonical(row.handle) for row in rows}, key=lambda name: (name.lower(), name)))


def _sum_accounts(ground: Ground, window: str, attribution: str) -> Mapping[str, float]:
    held = compute_window(ground.reading.sums, Definition(window, "all", attribution))
    return held.accounts if held else {}


def _measure_case(
    case: str, accounts: Sequence[str], ground: Ground, window: str, sums: Mapping[str, Mapping[str, float]]
) -> Row:
    uploaded, code = sums["publisher"], ground.registry.code(accounts[0])
    of_country = sum(value for account, value in uploaded.items() if ground.registry.code(account) == code)
    downloads, of_origin = (sum(sums[name].get(account, 0.0) for account in accounts) for name in ATTRIBUTIONS)
    mine = ground.reading.named[ground.reading.named["origin"].isin(accounts)]
    grades = sum_on(mine, ground.reading.intervals, window, ground.as_of, "grade")
    named = {} if grades is None or not of_origin else (grades / max(of_origin, grades.sum())).to_dict()
    shares = {name: float(named.get(grade, 0.0)) for name, grade in [*GRADE_OF.items()][:-1]}
    return {
        "case": case,
        "country_code": code,
        "downloads": round(downloads),
        "share_of_all": downloads / (sum(uploaded.values()) or 1.0),
        "share_of_country": downloads / of_country if of_country else None,
        "origin_downloads": round(of_origin),
        **shares,
        "share_unnamed": max(1 - sum(shares.values()), 0.0) if of_origin else 0.0,
        **_find_newest(ground.reading.named, accounts),
        "accounts": " ".join(accounts),
    }


def _find_newest(named: pd.DataFrame, accounts: Sequence[str]) -> Row:
    """Find the newest model that one of the accounts made itself and published first."""
    own = named["publisher"].isin(accounts) & named["origin"].isin(accounts)
    rows = named[own & named["relation"].isin(["original", "fine-tuned"]) & named["created_at"].notna()]
    if rows.empty:
        return {"newest_grade": UNGRADED}
    rows = rows.drop_duplicates("model", keep="last").sort_values(["created_at", "id"], ascending=[False, True])
    newest = rows.iloc[0]
    return {
        "newest_model": newest["id"],
        "newest_created": newest["created_at"].date(),
        "newest_grade": newest["grade"],
    }


def _list_families(case: str, accounts: Sequence[str], ground: Ground, window: str) -> list[dict[str, Any]]:
    """List a maker's families in the registry of openness, the most downloaded first."""
    mine = ground.reading.named[ground.reading.named["origin"].isin(accounts)]
    found = sum_on(mine, ground.reading.intervals, window, ground.as_of, "family")
    sums = {} if found is None else found.to_dict()
    created = mine[mine["publisher"].isin(accounts)].groupby("family")["created_at"].min().dropna()
    rows = [
        {
            **{name: getattr(facts, name) for name in ("family", "grade", "training_data", "training_code", "license")},
            "source_url": facts.source_url,
            "checked_on": facts.checked_on,
            "case": case,
            "downloads": round(sums[facts.family]),
            "since": created[facts.family].strftime("%Y-%m") if facts.family in created.index else None,
        }
        for facts in ground.registry.openness
        if facts.family in sums
    ]
    return sorted(rows, key=lambda row: (-row["downloads"], row["family"]))[:CASE_FAMILIES]
