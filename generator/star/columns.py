"""The columns of what is asked of the star, each declared once."""

from typing import Final

from generator.star.table import Column, declare
from generator.text import words
from generator.text.say import say

COLUMNS: Final = declare(
    Column("as_of", "date", say("Date"), "Last day of the window (UTC)."),
    Column("window", "text", say("Window"), "30d, 12m, held or all_time, as in shares.csv.", vocabulary=words.WINDOWS),
    Column(
        "country_code",
        "place",
        say("Place"),
        "ISO 3166-1 alpha-2, INT, UNAFFILIATED, UNREVIEWED, or all for all downloads.",
    ),
    Column("downloads", "count", say("Downloads"), "Downloads in the window.", "downloads"),
    Column("share_named", "share", say("Named"), "Fraction of the downloads that is of models known by name."),
    Column(
        "universe", "text", say("Models"), "all, first_year, generative or language models.", vocabulary=words.UNIVERSES
    ),
    Column("share", "share", say("Share"), "Fraction of what the rows divide; they sum to 1."),
    Column(
        "share_lower",
        "share",
        say("Without unreviewed accounts"),
        "Share if none of the unreviewed downloads were this country's.",
    ),
    Column(
        "share_upper",
        "share",
        say("With all unreviewed accounts"),
        "Share if all of the unreviewed downloads were this country's.",
    ),
    Column(
        "share_of_country",
        "share",
        say("Share of its country"),
        "Fraction of the downloads of its country: of its publishers, or of what goes back to it.",
    ),
    Column("source_url", "address", say("Source"), "Where this can be read; empty where no free address is known."),
    Column("checked_on", "date", say("Checked"), "When a person checked it."),
    Column("share_of_all", "share", say("Share of all"), "Fraction of all downloads of the window."),
    Column("end", "date", "Date", "Last day of the interval (UTC)."),
    Column(
        "attribution",
        "text",
        say("Attribution"),
        "publisher: who uploaded; origin: root of the base-model chain.",
        vocabulary=words.ATTRIBUTIONS,
    ),
    Column("code", "place", "Place", "ISO 3166-1 alpha-2, INT, UNAFFILIATED or UNREVIEWED: of the account counted by."),
    Column("publisher_code", "place", say("Publisher’s country"), "Country or category of the account that uploaded."),
    Column(
        "origin_code",
        "place",
        say("Maker’s country"),
        "Country or category of the account at the root of the base-model chain.",
    ),
    Column("account", "text", "Account", "Hub account counted by, aliases joined; (small) for the folded ones."),
    Column("publisher", "account", say("Publisher"), "Hub account that uploaded, aliases joined."),
    Column("origin", "account", say("Maker"), "Hub account at the root of the base-model chain, aliases joined."),
    Column("task_group", "text", say("Task"), "Group of the Hub's task.", vocabulary=words.TASK_GROUPS),
    Column(
        "size_band",
        "text",
        say("Parameters"),
        "under-1b, 1b-8b, 8b-70b, over-70b (parameters as the files state them), unknown.",
        vocabulary=words.SIZE_BANDS,
    ),
    Column(
        "relation",
        "text",
        say("Relation"),
        "To its base model: original, fine-tuned, quantised, adapter, merge or helper.",
        vocabulary=words.RELATIONS,
    ),
    Column(
        "license_class",
        "text",
        say("Licence"),
        "open, conditions, non-commercial or unstated.",
        vocabulary=words.LICENSE_CLASSES,
    ),
    Column(
        "grade",
        "text",
        say("Openness"),
        "Openness of the model's family: a grade of the registry, or ungraded; unnamed for what is not known by name.",
        vocabulary=words.GRADES,
    ),
    Column("first_year", "flag", "First year", "Whether the models were in the year after their creation."),
    Column("generative", "flag", "Generative", "Whether the models produce text, images, video, speech or sound."),
    Column("language", "flag", "Language", "Whether the models answer with text."),
    Column("flow", "number", "Downloads", "Downloads of the interval; in 65,536ths.", "downloads"),
    Column("downloads_30d", "count", say("Downloads, 30 days"), "The Hub's counts on the date.", "downloads"),
    Column(
        "downloads_all_time",
        "count",
        "Downloads since creation",
        "The Hub's counters at the interval's end; missing where no model has one.",
        "downloads",
    ),
    Column("uncounted", "count", "Without a counter", "Those of the 30-day counts whose model has none.", "downloads"),
    Column("rank", "count", say("Rank"), "1 for most downloads among those that it is ranked with.", "places"),
    Column("models", "count", say("Models"), "How many they are.", "models"),
    Column("night", "count", "Night", "Position of an interval in the ledger, from 0."),
    Column("model", "text", "Model", "What joins a model over time: its key, else its id."),
    Column("id", "text", "Model", "Its id on the Hub on the date."),
    Column("model_id", "model", say("Model"), "Its id on the Hub."),
    Column("key", "text", "Key", "The Hub's own key of the model; missing where a source has none."),
    Column("family", "text", say("Family"), "Family of the registry that its name tells; missing where it tells none."),
    Column("task", "text", say("Task"), "The Hub's task; missing where none is stated."),
    Column("license", "text", say("Licence"), "As the model states it; missing where it states none."),
    Column("parameters", "number", "Parameters", "As the files state them; missing where they state none."),
    Column(
        "size",
        "count",
        say("Parameters"),
        "Parameters that it is taken to have; missing where nothing tells.",
        "parameters",
    ),
    Column("created_at", "time", "Created", "When the repository was created; missing where that is not told."),
    Column(
        "median_parameters", "count", say("Median"), "Download-weighted, of known sizes; empty without.", "parameters"
    ),
    Column("created", "date", say("Created"), "Of the repository; empty where that is not told."),
    Column("month", "text", "Month", "Month of creation, as 2026-10."),
)
