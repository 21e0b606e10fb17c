"""The languages of the site: those that the root's configuration names, and of which enough is translated."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import yaml

from generator.base.errors import SiteError
from generator.base.settings import MIN_TRANSLATED
from generator.text.catalogue import LOCALES, SOURCE, name_catalogue
from generator.text.extract import list_kept
from generator.text.language import Language
from generator.text.translations import State, count_translations, list_messages
from generator.text.voices import read_voices

_KEY: Final = "languages"


def list_states(root: Path) -> list[State]:
    """List how far the translation into each language is that the root's `mkdocs.yml` names, in its order.

    Raises:
        SiteError: it names a language that has no voice.
    """
    config = yaml.safe_load((root / "mkdocs.yml").read_text(encoding="utf-8"))
    codes = [code for code in config.get("extra", {}).get(_KEY, ()) if code != SOURCE]
    strange = [code for code in codes if code not in read_voices()]
    if strange:
        raise SiteError(
            f"mkdocs.yml names the language {strange[0]!r}, of which {LOCALES / 'voices.csv'} has no row. Add one, or "
            "leave the language out."
        )
    messages, kept = list_messages(LOCALES), list_kept(root)
    return [count_translations(code, messages, LOCALES, kept) for code in codes if name_catalogue(code).is_file()]


def list_published(states: Sequence[State], draft: str = "") -> list[Language]:
    """List the languages that are published beside the first: those of which enough is translated, and a draft.

    Raises:
        SiteError: the draft is in a language that the configuration does not name, or that has no catalogue.
    """
    codes = [state.code for state in states]
    if draft and draft not in codes:
        raise SiteError(
            f"There is nothing to build a draft in {draft!r} from; languages with a catalogue: "
            f"{', '.join(codes) or 'none'}. Run `oms translations --begin {draft}`, and name it under `languages` in "
            "mkdocs.yml."
        )
    return [Language(state.code) for state in states if state.share >= MIN_TRANSLATED or state.code == draft]
