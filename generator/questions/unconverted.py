"""Topics whose tables are records: what their modules define, as a question. It goes when the last one is converted.

A module `tables.py` defines `compute(ground) -> Topic` and `AFTER`, `figures.py` where the topic has them `build(topic,
report)`, `state(topic, report)` and `state_item(item, topic, report)`. The page is `templates/topics/<name>.md.j2`.
"""

from importlib import import_module
from types import ModuleType

from generator.questions.ground import Question


def adapt(package: ModuleType) -> Question:
    """Adapt a topic's package."""
    tables, figures = (import_module(f"{package.__name__}.{name}") for name in ("tables", "figures"))
    offered = {name: getattr(figures, name) for name in ("state", "build", "state_item") if hasattr(figures, name)}
    name = package.__name__.rpartition(".")[2]
    return Question(name, tables.compute, after=getattr(tables, "AFTER", ()), **offered)
