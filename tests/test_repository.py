"""Where the code is, as pages lead to it: from a name that is checked, to three addresses."""

import re

import pytest
import yaml

from generator.base.errors import SiteError
from generator.base.files import ROOT
from generator.base.repository import NOWHERE, check_repository


def test_a_name_gives_three_addresses() -> None:
    """The repository, its issues, and the form for a mistake, with fields filled in whatever they hold."""
    code = check_repository("some-body/open.model_share")
    assert "https://github.com/some-body/open.model_share" == code.address
    assert f"{code.address}/issues" == code.issues
    assert f"{code.issues}/new?template=correction.yml&handle=a%2Fb+%26%22%3C%C3%A9" == code.report(handle='a/b &"<é')


def test_without_a_name_there_is_no_address() -> None:
    """Nothing is guessed."""
    assert NOWHERE == check_repository("")
    assert ("", "", "") == (NOWHERE.address, NOWHERE.issues, NOWHERE.report(handle="a"))


@pytest.mark.parametrize(
    "name",
    [
        "a",
        "a/b/c",
        "/b",
        "a/",
        "../b",
        "a/..",
        "a/.",
        "a b/c",
        'a/b"',
        "a/<b>",
        "https://github.com/a/b",
        "a/b\n",
        "é/b",
    ],
)
def test_what_is_no_name_is_refused(name: str) -> None:
    """With what was expected and what to do."""
    with pytest.raises(SiteError, match=re.escape(f"The repository is {name!r}; OWNER/NAME was expected")):
        check_repository(name)


def test_the_form_has_the_fields_that_links_fill_in() -> None:
    """The account and the page."""
    form = yaml.safe_load((ROOT / ".github" / "ISSUE_TEMPLATE" / "correction.yml").read_text(encoding="utf-8"))
    assert {"handle", "page"} <= {field.get("id") for field in form["body"]}
