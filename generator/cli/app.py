"""The command's frame: `oms` itself, the options that verbs share, the clock."""

import datetime as dt
import re
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from generator import __version__
from generator.base.errors import OmsError

app = typer.Typer(
    help="Open Model Share: which countries build the open AI models that the world downloads.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
registry_app = typer.Typer(
    help="Check and explain the registry of publishers, countries and families.", no_args_is_help=True
)
app.add_typer(registry_app, name="registry")
ledger_app = typer.Typer(help="Work on a store's ledger.", no_args_is_help=True)
app.add_typer(ledger_app, name="ledger")
out = Console(soft_wrap=True, highlight=False, markup=False)
err = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)

StoreOption = Annotated[
    Path,
    typer.Option("--store", help="Folder with snapshots and ledger; made if it does not exist.", file_okay=False),
]
ReadOption = Annotated[
    Path | None,
    typer.Option("--store", help="Folder with snapshots; the bundled ones if not given.", file_okay=False),
]
SiteUrlOption = Annotated[
    str, typer.Option("--site-url", envvar="SITE_URL", help="Address that the site is published under.")
]
DateOption = Annotated[
    str | None,
    typer.Option("--date", envvar="OMS_DATE", help="UTC date of the counts, as YYYY-MM-DD; today if not given."),
]
AcceptOption = Annotated[
    list[str] | None,
    typer.Option("--accept", envvar="OMS_ACCEPT", help="A gate whose hold is to be passed; can be given again."),
]
ReasonOption = Annotated[
    str, typer.Option("--reason", envvar="OMS_REASON", help="Why; stands in the public log of corrections.")
]
RepositoryOption = Annotated[
    str,
    typer.Option(
        "--repository", envvar="GITHUB_REPOSITORY", help="Repository on GitHub that pages lead to, as OWNER/NAME."
    ),
]
HeldOption = Annotated[
    str,
    typer.Option(
        "--snapshot",
        envvar="OMS_SNAPSHOT",
        help="The held snapshot that --accept is about: the digits of its hash, as the issue or the message has them.",
    ),
]


@app.callback(invoke_without_command=True)
def options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback with an error.")] = False,  # noqa: ARG001 - read from the command line in main(), listed here for the help
) -> None:
    """Open Model Share: which countries build the open AI models that the world downloads."""
    if version:
        out.print(__version__)
        raise typer.Exit


def read_clock() -> dt.datetime:
    """Return the moment in UTC: the one place that reads the clock."""
    return dt.datetime.now(dt.UTC)


def parse_date(text: str | None) -> dt.date:
    """Return the given date, or today's in UTC."""
    if text is None:
        return read_clock().date()
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise OmsError(f"The date is {text!r}; YYYY-MM-DD was expected, for example 2026-10-08.") from error


def parse_counted(text: str | None) -> dt.date:
    """Return the given date of counts, or today's in UTC; a day to come has none."""
    day, today = parse_date(text), parse_date(None)
    if day > today:
        raise OmsError(
            f"The date of the counts is {day}; a day up to today, {today} (UTC), was expected. Counts of a day to come "
            "would keep every night before it out of the ledger."
        )
    return day


def parse_hash(text: str) -> str:
    """Return digits of a snapshot's hash, as many as name it or more; nothing where none are given."""
    found = text.strip().lower()
    if found and not re.fullmatch("[0-9a-f]{16,64}", found):
        raise OmsError(
            f"The snapshot is {text!r}; 16 to 64 digits of its SHA-256 were expected, as the issue has them."
        )
    return found
