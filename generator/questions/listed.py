"""The topics, in one place: a topic's folder and its line here are all that the program knows of it."""

from typing import Final

from generator.questions import builders, claims, derivatives, families, openness, releases, sizes, tasks, weeks

TOPICS: Final = (builders, claims, derivatives, families, openness, releases, sizes, tasks, weeks)
