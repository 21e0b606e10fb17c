"""The verbs that tell maintainers what came of a night: the one issue in the repository, and the summary of a run."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from generator.base.errors import IssueError, SiteError
from generator.cli.app import DateOption, SiteUrlOption, StoreOption, app, out, parse_date

if TYPE_CHECKING:
    from generator.night.nightreport import Outcome, Site

ResultsOption = Annotated[
    str,
    typer.Option(
        "--results",
        envvar="OMS_RESULTS",
        help="What the workflow says of its jobs, as `night=success publish=failure`; a failed one fails the night.",
    ),
]


@app.command()
def issue(
    store: StoreOption,
    date: DateOption = None,
    results: ResultsOption = "",
    file: Annotated[
        Path | None, typer.Option("--file", help="Write the issue's text here, and ask no repository.")
    ] = None,
) -> None:
    """Open, update or close the one issue about the nightly run, by what came of the newest night.

    A night that is held or failed opens the issue or updates it, a good one closes it. The repository is
    GITHUB_REPOSITORY at GITHUB_API_URL (https://api.github.com if not set); GITHUB_TOKEN needs the right to write
    issues.

    Example: oms issue --store store --file issue.md
    """
    from generator.night.issues import Repository
    from generator.night.nightreport import GOOD, UNFINISHED, write_closing, write_issue

    outcome = _read_outcome(store, date, results)
    if outcome.state == UNFINISHED:
        out.print(f"The night of {outcome.date} is not finished: there is nothing to tell yet.")
        return
    text = None if outcome.state == GOOD else write_issue(outcome, _find_run_url())
    if file:
        file.write_text(f"# {text.title}\n\n{text.body}\n" if text else "", encoding="utf-8")
        out.print(f"{file}: {text.title}" if text else f"{file}: the night is good, there is nothing to tell")
        return
    token, name = os.environ.get("GITHUB_TOKEN", ""), os.environ.get("GITHUB_REPOSITORY", "")
    if not token or not name:
        raise IssueError(
            "GITHUB_TOKEN and GITHUB_REPOSITORY are needed to write an issue. A workflow sets the second by itself; "
            "to look at the text only, give a file with --file."
        )
    repository = Repository(os.environ.get("GITHUB_API_URL") or "https://api.github.com", name, token)
    done = repository.report(text) if text else repository.close(write_closing(outcome, _find_run_url()))
    out.print(f"issue {done.action}: {done.address}" if done.address else "no issue is open, and none is needed")


@app.command()
def summary(
    store: StoreOption,
    site: Annotated[Path, typer.Option("--site", help="Folder of the finished site.")] = Path("site"),
    date: DateOption = None,
    results: ResultsOption = "",
    site_url: SiteUrlOption = "",
    file: Annotated[
        Path | None,
        typer.Option("--file", envvar="GITHUB_STEP_SUMMARY", help="Add it to this file; it is printed if not given."),
    ] = None,
) -> None:
    """Summarise a night in Markdown: headline, coverage, gates, timings, links.

    Example: oms summary --store store --site site
    """
    from generator.night.nightreport import write_summary

    text = write_summary(_read_outcome(store, date, results), _read_site(site), site_url, _find_run_url())
    if file is None:
        out.print(text.rstrip())
        return
    with file.open("a", encoding="utf-8") as stream:
        stream.write(text)
    out.print(f"{file}: {len(text.splitlines()):,} lines added")


def _read_outcome(store: Path, date: str | None, results: str) -> "Outcome":
    """Read journal and check of a night, of the newest if no date is given."""
    from generator.audit.checking import load_check
    from generator.audit.nights import list_nights, read_night
    from generator.night.nightreport import decide_outcome, parse_results

    nights = list_nights(store)
    night = read_night(store, parse_date(date)) if date else nights[-1] if nights else None
    check = load_check(store, night.date) if night else None
    return decide_outcome(night, check, parse_results(results))


def _read_site(site: Path) -> "Site | None":
    from generator.night.nightreport import read_site
    from generator.publish.site import STAMP
    from generator.publish.verify import read_build_id

    path, stamp = site / "data" / "report.json", site / STAMP
    if not path.is_file():
        return None
    try:
        build_id = read_build_id(stamp.read_text(encoding="utf-8")) if stamp.is_file() else None
        return read_site(json.loads(path.read_text(encoding="utf-8")), build_id or "")
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise SiteError(f"{path} cannot be read: {error!r}. Build the site again with `oms build`.") from error


def _find_run_url() -> str:
    """Return the address of the workflow's run; empty outside of one."""
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    server, repository, run = (os.environ.get(name, "") for name in names)
    return f"{server}/{repository}/actions/runs/{run}" if server and repository and run else ""
