"""The repository of code and issues on GitHub, as pages lead to it."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from generator.base.errors import SiteError

HOST: Final = "https://github.com"
# The form for a mistake, in `.github/ISSUE_TEMPLATE/`; its fields can be filled in by an address.
FORM: Final = "correction.yml"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}/[A-Za-z0-9_.-]{1,100}")


def is_repository(name: str) -> bool:
    """Return whether a text is OWNER/NAME, and no way to another place."""
    return _NAME.fullmatch(name) is not None and ".." not in name and not name.endswith("/.")


@dataclass(frozen=True)
class CodeRepository:
    """Where code and issues are.

    Attributes:
        name: OWNER/NAME; empty where nobody said it, and then no address is known.
    """

    name: str = ""

    @property
    def address(self) -> str:
        """Return the address of the repository, or nothing."""
        return f"{HOST}/{self.name}" if self.name else ""

    @property
    def issues(self) -> str:
        """Return the address of its issues, or nothing."""
        return f"{self.address}/issues" if self.name else ""

    def report(self, **fields: str) -> str:
        """Return the address of the form for a mistake, with some of its fields filled in; or nothing."""
        return f"{self.issues}/new?{urlencode({'template': FORM} | fields)}" if self.name else ""


# Of a site whose builder was not told where its code is.
NOWHERE: Final = CodeRepository()


def check_repository(text: str) -> CodeRepository:
    """Return the repository that is named; one without an address where none is.

    Raises:
        SiteError: it is no OWNER/NAME.
    """
    if text and not is_repository(text):
        raise SiteError(
            f"The repository is {text!r}; OWNER/NAME was expected, as in its address on GitHub. Correct --repository, "
            "or GITHUB_REPOSITORY in the environment, or leave it out: pages then lead to none."
        )
    return CodeRepository(text)
