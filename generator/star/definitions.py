"""A definition: what exactly a share is a share of. Every number on the site names one."""

from dataclasses import dataclass
from itertools import product, starmap
from typing import Final

WINDOWS: Final = ("30d", "12m", "held", "all_time")
UNIVERSES: Final = ("all", "first_year", "generative", "language")
ATTRIBUTIONS: Final = ("publisher", "origin")


@dataclass(frozen=True, order=True)
class Definition:
    """Window, universe and attribution.

    Attributes:
        window: `30d` the Hub's count of the last thirty days, `12m` flows of the last 365 days, `held` all flows
            of a history of two dates and more, `all_time` the counter since each model was created.
        universe: `all` models, `first_year` models in the first year after their creation, `generative` models
            that produce text, images, video, speech or sound, `language` models that answer with text.
        attribution: `publisher` the account that uploaded a model, `origin` the root of its base-model chain.
    """

    window: str
    universe: str
    attribution: str

    @property
    def slug(self) -> str:
        """Return the definition as one word for addresses and file names."""
        return f"{self.window}-{self.universe}-{self.attribution}".replace("_", "-")


# Every definition by its slug, in the order in which they are shown.
DEFINITIONS: Final = {
    definition.slug: definition for definition in starmap(Definition, product(WINDOWS, UNIVERSES, ATTRIBUTIONS))
}
