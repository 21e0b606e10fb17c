"""Publishing: what changed is written, what is stale is removed, nothing leaves the folder."""

from pathlib import Path

import pytest

from generator.base.errors import SiteError
from generator.publish.write import Published, publish_files


def publish(folder: Path, **files: str) -> Published:
    """Publish files named without their ending below a folder."""
    return publish_files(folder / "site", {f"{name}.md": text for name, text in files.items()}, folder / "record.json")


def test_the_first_time_everything_is_written(tmp_path: Path) -> None:
    """Folders are made as they are needed."""
    files = {"index.md": "one", "countries/cn.md": "two"}
    assert Published(2, 0, 0) == publish_files(tmp_path, files, tmp_path / "work" / "record.json")
    assert "two" == (tmp_path / "countries" / "cn.md").read_text(encoding="utf-8")


def test_the_second_time_nothing_is_written(tmp_path: Path) -> None:
    """Not even the time of change moves."""
    publish(tmp_path, index="one")
    before = (tmp_path / "site" / "index.md").stat().st_mtime_ns
    assert Published(0, 1, 0) == publish(tmp_path, index="one")
    assert before == (tmp_path / "site" / "index.md").stat().st_mtime_ns


def test_what_changed_is_written_and_what_is_stale_is_removed(tmp_path: Path) -> None:
    """One new text, one unchanged, one gone; hand-written files beside them stay."""
    publish(tmp_path, index="one", about="same", old="gone tomorrow")
    (tmp_path / "site" / "method.md").write_text("by hand", encoding="utf-8")
    assert Published(1, 1, 1) == publish(tmp_path, index="two", about="same")
    assert ["about.md", "index.md", "method.md"] == sorted(path.name for path in (tmp_path / "site").iterdir())


@pytest.mark.parametrize("name", ["../outside.md", "/outside.md", "a/../../outside.md"])
def test_a_path_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    """Whatever a name is made of, nothing is written elsewhere."""
    with pytest.raises(SiteError, match="outside"):
        publish_files(tmp_path / "site", {name: "x"}, tmp_path / "record.json")
    assert [] == list(tmp_path.rglob("*.md"))


def test_files_of_a_run_that_was_killed_are_removed_by_the_next_one(tmp_path: Path) -> None:
    """It wrote one file and died in the second: both are known, so the next run leaves nothing of them behind."""
    (tmp_path / "site" / "z.md").mkdir(parents=True)
    with pytest.raises(OSError, match=r"z\.md"):
        publish(tmp_path, half="written", z="a folder stands here")
    (tmp_path / "site" / "z.md").rmdir()
    assert (tmp_path / "site" / "z.md.partial").exists()
    publish(tmp_path, index="one")
    assert ["index.md"] == sorted(path.name for path in (tmp_path / "site").iterdir())
