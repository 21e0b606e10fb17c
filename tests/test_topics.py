"""Topics: found by their module's name, computed in an order that serves them all."""

import pytest

from generator.questions.ground import EVERY, list_topics, order_topics


def test_a_topic_comes_after_those_that_it_reads() -> None:
    """Whatever their names."""
    assert order_topics({"a": ("b",), "b": (), "c": ("a",)}) == ("b", "a", "c")


def test_one_that_reads_every_topic_comes_after_all_but_its_own_readers() -> None:
    """Claims read all measures; what changed in a week reads the claims."""
    order = order_topics({"claims": (EVERY,), "changes": ("claims",), "sizes": (), "zones": ("sizes",)})
    assert order[-2:] == ("claims", "changes")


@pytest.mark.parametrize("name", list_topics())
def test_a_topic_has_its_page(name: str) -> None:
    """A module without a template would have no page."""
    from generator.publish.pages import TEMPLATES

    assert (TEMPLATES / "topics" / f"{name}.md.j2").is_file()
