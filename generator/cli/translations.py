"""The verb for those who translate: what is to be said in another language, and what is wrong with it."""

from typing import TYPE_CHECKING, Annotated

import typer

from generator.base.errors import TranslationError
from generator.base.files import ROOT
from generator.cli.app import app, out

if TYPE_CHECKING:
    from generator.text.translations import State

_SHOWN = 5


@app.command()
def translations(
    complete: Annotated[bool, typer.Option("--complete", help="Refuse a message that is not translated.")] = False,
    begin: Annotated[str, typer.Option("--begin", help="Begin another language, by its code, as `fr`.")] = "",
    only: Annotated[
        str, typer.Option("--only", envvar="OMS_LANGUAGE", help="Update and check this language alone, by its code.")
    ] = "",
) -> None:
    """Extract all messages, bring the catalogues in step with them, and check every translation.

    Writes `generator/text/locales/oms.pot` and `CODE/LC_MESSAGES/oms.po` beside it. A message that changed is without a
    translation again; its old one stays at the end of the file. Each fault is said with file, line, what was found and
    what was expected, and makes the command fail.

    Example: oms translations
    """
    from generator.text.catalogue import LOCALES
    from generator.text.extract import list_kept
    from generator.text.translations import begin_language, count_translations, list_faults, list_messages
    from generator.text.translations import update_translations as update

    if begin:
        out.print(f"Begun: {begin_language(begin, LOCALES).relative_to(ROOT)}")
    codes = update(ROOT, LOCALES, only)
    messages, kept = list_messages(LOCALES), list_kept(ROOT)
    states = [count_translations(code, messages, LOCALES, kept) for code in codes]
    for state in states:
        _print_state(state)
    faults = [fault for code in codes for fault in list_faults(code, LOCALES)]
    if faults:
        raise TranslationError("\n".join([f"{len(faults)} faults in translations. Correct them:", *map(str, faults)]))
    if complete and any(state.untranslated for state in states):
        missing = {state.code: len(state.untranslated) for state in states if state.untranslated}
        raise TranslationError(f"Not translated: {missing}. Translate them in the catalogues, then run this again.")


def _print_state(state: "State") -> None:
    """Print how much is translated, and the first messages that are not."""
    left = len(state.untranslated)
    out.print(f"{state.code}: {state.messages - left} of {state.messages} messages translated, {left} are not")
    if kept := sum(state.kept.values()):
        out.print(f"{state.code}: {kept} texts of the registry stand in English, most of them of one row each")
    for message in state.untranslated[:_SHOWN]:
        out.print(f"  {message[:100]}")
