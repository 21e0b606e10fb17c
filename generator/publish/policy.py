"""The content policy that every page carries: what a browser may run and fetch, and nothing else."""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Final

from generator.base.errors import SiteError
from generator.base.files import hash_bytes

POLICY_TAG: Final = '<meta http-equiv="Content-Security-Policy" content="'
_POLICY: Final = (
    "default-src 'none'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'self'; form-action 'none'"
)
# The theme's own scripts within a page, by the SHA-256 of their text without the site's path. They tell where the site
# begins, which colours the reader chose and which tab an address names; they were read in mkdocs-material 9.8.1.
# Another one, of ours, of a newer theme or of a stranger, is signed by nobody until somebody has read it.
THEME_SCRIPTS: Final[Mapping[str, str]] = {
    "7eb3684fdacd2881f67b9428983273a29d8774d8bc82622af9b65a8ec1032a90": "scope",
    "0eb10c249dbdb0beef225a10ce5cbe55418cc4a7014cc208f8e7d6ed8f00906e": "palette",
    "ffcc0f7735fdab434d257c80e65cec2e88d716991e69757185b7e450e41a5b2f": "anchor",
}
_SCRIPT: Final = re.compile(r"<script\b([^>]*)>(.*?)</script", re.DOTALL | re.IGNORECASE)
_FROM_A_FILE: Final = re.compile(r"\ssrc\s*=", re.IGNORECASE)
_DATA: Final = re.compile(r"\stype=[\"']?application/(?:ld\+)?json[\"'\s]", re.IGNORECASE)
_SITE_PATH: Final = re.compile(r'new URL\("[^"\\<>]*",location\)')


def make_policy(pages: Mapping[str, str]) -> str:
    """Make the one policy of all pages: the theme's scripts by hash, everything else from the site only.

    One policy for all, because a page that is swapped in without a reload keeps the first one's.

    Raises:
        SiteError: a page holds a script that is not the theme's.
    """
    scripts = {script: name for name, text in pages.items() for script in find_inline_scripts(text)}
    strange = [describe_script(name, script) for script, name in scripts.items() if not name_script(script)]
    if strange:
        raise SiteError(
            f"The pages hold {len(strange)} scripts that nobody has signed: {'; '.join(sorted(strange)[:5])}. Take "
            "them out; if the theme was updated and you have read its script, name its hash in "
            "generator/publish/policy.py."
        )
    hashes = sorted(_hash(script) for script in scripts)
    return _POLICY.format(hashes=" ".join(hashes)).replace("  ", " ")


def seal_page(text: str, policy: str) -> str:
    """Return a page with the policy as the first element of its head; one that brings its own keeps it.

    Raises:
        SiteError: it has no head.
    """
    if POLICY_TAG in text.partition("</head>")[0]:
        return text
    sealed, number = re.subn(r"<head>", lambda _: f'<head>{POLICY_TAG}{policy}">', text, count=1)
    if not number:
        raise SiteError("The builder wrote a page without a head; its template is damaged. Check templates/theme.")
    return sealed


def find_inline_scripts(text: str) -> list[str]:
    """Return the text of every script that a browser could run from within the page; blocks of data are none.

    Where this and a browser could differ, as within comments, it finds more.
    """
    found: Iterable[tuple[str, str]] = _SCRIPT.findall(text)
    return [
        script
        for tag, script in found
        if not _DATA.search(f"{tag} ") and (script.strip() or not _FROM_A_FILE.search(tag))
    ]


def name_script(script: str) -> str | None:
    """Name a script of the theme; None for any other."""
    return THEME_SCRIPTS.get(_hash_bare(script))


def describe_script(page: str, script: str) -> str:
    """Describe a script in a message: its page, its beginning, its hash without the site's path."""
    return f"{page}: {' '.join(script.split())[:60]!r} ({_hash_bare(script)})"


def _hash(script: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"


def _hash_bare(script: str) -> str:
    """Hash a script without the site's path, which another address changes."""
    return hash_bytes(_SITE_PATH.sub('new URL("",location)', script, count=1))
