"""One issue about the nightly run: opened, updated, closed; never two, whatever goes wrong on the way."""

from collections.abc import Iterator

import pytest

from generator.base.errors import IssueError
from generator.night.issues import LABEL, MARK, IssueText, Repository
from tests.loopback_issues import LOST, NO_FAULT, REPOSITORY, TOKEN, Tracker, serve_issues

HELD = IssueText("The night of 2026-11-20 is held", "Because of this.\n\n- and that", "Held on 2026-11-20.")
HELD_AGAIN = IssueText("The night of 2026-11-21 is held", "Still.", "Held on 2026-11-21.")


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    """An empty repository."""
    with serve_issues() as found:
        yield found


def connect(tracker: Tracker, token: str = TOKEN, waits: list[float] | None = None) -> Repository:
    """Speak to it; waits are noted, not waited."""
    return Repository(tracker.url, REPOSITORY, token, (waits if waits is not None else []).append)


def test_a_held_night_opens_an_issue(tracker: Tracker) -> None:
    """With the label, the report and the mark by which it is found again."""
    found = connect(tracker).report(HELD)
    assert ("opened", f"{tracker.url}/{REPOSITORY}/issues/1") == (found.action, found.address)
    issue = tracker.issues[1]
    assert (HELD.title, [{"name": LABEL}], True) == (issue["title"], issue["labels"], MARK in issue["body"])


def test_the_same_night_again_changes_nothing(tracker: Tracker) -> None:
    """GitHub's other line ends are no change."""
    connect(tracker).report(HELD)
    assert "unchanged" == connect(tracker).report(HELD).action
    assert ["POST"] == [line.split()[0] for line in tracker.requests if not line.startswith("GET")]


def test_the_next_held_night_updates_it(tracker: Tracker) -> None:
    """One issue, not one a night; a comment tells those who follow it."""
    connect(tracker).report(HELD)
    assert "updated" == connect(tracker).report(HELD_AGAIN).action
    assert ([HELD_AGAIN.title], ["Held on 2026-11-21."]) == (
        [issue["title"] for issue in tracker.issues.values()], tracker.comments[1],
    )  # fmt: skip


def test_a_good_night_closes_it(tracker: Tracker) -> None:
    """With a comment; the next good night has nothing to close, the next held one opens another."""
    connect(tracker).report(HELD)
    assert "closed" == connect(tracker).close("The night of 2026-11-22 is done.").action
    assert ("closed", ["The night of 2026-11-22 is done."]) == (tracker.issues[1]["state"], tracker.comments[1])
    assert "none" == connect(tracker).close("again").action
    assert "opened" == connect(tracker).report(HELD_AGAIN).action
    assert 2 == len(tracker.issues)


def test_a_good_night_is_good_where_issues_are_switched_off(tracker: Tracker) -> None:
    """As in a fork: there is no issue to close, and nothing has failed."""
    tracker.faults[:] = [410]
    assert "none" == connect(tracker).close("done").action


def test_an_issue_of_others_is_left_alone(tracker: Tracker) -> None:
    """It may carry the label: without the mark it is not ours; nor is a pull request."""
    tracker.create({"title": "mine", "body": "by hand", "labels": [LABEL]})
    tracker.create({"title": "ours?", "body": MARK, "labels": [LABEL]})["pull_request"] = {}
    assert "none" == connect(tracker).close("done").action
    assert "opened" == connect(tracker).report(HELD).action
    assert ["mine", "ours?", HELD.title] == [issue["title"] for issue in tracker.issues.values()]


@pytest.mark.parametrize("faults", [[500], [502, 503], [429], [LOST]])
def test_a_passing_fault_is_tried_again(tracker: Tracker, faults: list[int]) -> None:
    """With waits between; the listing is read anew each time."""
    waits: list[float] = []
    tracker.faults[:] = faults
    assert "opened" == connect(tracker, waits=waits).report(HELD).action
    assert ([2.0, 4.0][: len(faults)], 1) == (waits, len(tracker.issues))


def test_an_answer_that_was_lost_opens_no_second_issue(tracker: Tracker) -> None:
    """The request was carried out; the look before the next try sees it."""
    tracker.faults[:] = [NO_FAULT, LOST]
    assert "unchanged" == connect(tracker).report(HELD).action
    assert (1, ["GET", "POST", "GET"]) == (len(tracker.issues), [line.split()[0] for line in tracker.requests])


@pytest.mark.parametrize(
    ("faults", "told"),
    [([403], "issues: write"), ([404], "GITHUB_REPOSITORY"), ([410], "switch them on"), ([500] * 3, "asked 3 times")],
)
def test_a_refusal_says_what_to_do(tracker: Tracker, faults: list[int], told: str) -> None:
    """And nothing is opened."""
    tracker.faults[:] = faults
    with pytest.raises(IssueError, match=told):
        connect(tracker).report(HELD)
    assert {} == tracker.issues


def test_a_wrong_token_is_refused(tracker: Tracker) -> None:
    """By name of the variable, without the token's text."""
    with pytest.raises(IssueError, match="check GITHUB_TOKEN") as caught:
        connect(tracker, "ghs_" + "wrong").report(HELD)
    assert "ghs_wrong" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "name", "token", "told"),
    [
        ("http://api.example.org", REPOSITORY, TOKEN, "GITHUB_API_URL"),
        ("https://u:p@api.example.org", REPOSITORY, TOKEN, "GITHUB_API_URL"),
        ("ftp://127.0.0.1", REPOSITORY, TOKEN, "GITHUB_API_URL"),
        ("https://api.example.org", "owner", TOKEN, "GITHUB_REPOSITORY"),
        ("https://api.example.org", "../..", TOKEN, "GITHUB_REPOSITORY"),
        ("https://api.example.org", REPOSITORY, "", "GITHUB_TOKEN"),
        ("https://api.example.org", REPOSITORY, "a b", "GITHUB_TOKEN"),
    ],
)
def test_settings_that_are_none_are_refused(url: str, name: str, token: str, told: str) -> None:
    """Before anything is sent: the token goes over https or stays on this machine."""
    with pytest.raises(IssueError, match=told):
        Repository(url, name, token)
