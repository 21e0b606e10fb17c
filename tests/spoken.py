"""What tests read: sentences, figures and whatever holds them, spoken in English."""

from typing import Any, Final

from generator.figures.figure import speak_all
from generator.text.language import Language

ENGLISH: Final = Language("en")


def speak(said: Any) -> Any:
    """Speak a sentence, a figure, or the sentences that a record, a mapping or a tuple holds."""
    return speak_all(said, ENGLISH)
