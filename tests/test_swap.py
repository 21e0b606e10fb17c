"""Swapping folders: the old one or the new one stands in the place, whatever happens."""

import threading
from pathlib import Path

import pytest

from generator.base import swap
from generator.base.swap import exchange, recover_folder, swap_folder


def make_folder(path: Path, text: str) -> Path:
    """Make a folder with one file."""
    path.mkdir()
    (path / "index.html").write_text(text, encoding="utf-8")
    return path


def read(path: Path) -> str:
    """Read that file."""
    return (path / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("known", [True, False], ids=["exchange", "two renames"])
def test_the_new_folder_takes_the_place_and_the_old_one_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    """In both ways; nothing is left beside it."""
    if not known:
        monkeypatch.setattr(swap, "exchange", lambda *_: False)
    site = make_folder(tmp_path / "site", "old")
    swap_folder(make_folder(tmp_path / "site.new", "new"), site)
    assert ["new", ["site"]] == [read(site), [path.name for path in tmp_path.iterdir()]]


def test_a_first_folder_needs_no_swap(tmp_path: Path) -> None:
    """Its parent is made, too."""
    swap_folder(make_folder(tmp_path / "new", "new"), tmp_path / "deep" / "site")
    assert "new" == read(tmp_path / "deep" / "site")


def test_readers_never_find_the_place_empty(tmp_path: Path) -> None:
    """A thread reads without a pause while the folder is swapped 200 times."""
    site = make_folder(tmp_path / "site", "0")
    if not exchange(site, make_folder(tmp_path / "other", "0")):
        pytest.skip("this system cannot exchange two names in one step")
    found: list[bool] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            found.append(site.is_dir())

    reader = threading.Thread(target=look)
    reader.start()
    for number in range(200):
        swap_folder(make_folder(tmp_path / "site.new", str(number)), site)
    stop.set()
    reader.join()
    assert [True, "199"] == [all(found) and bool(found), read(site)]


def test_a_swap_that_was_killed_between_its_two_renames_is_put_right(tmp_path: Path) -> None:
    """The old folder goes back to its place; a second call has nothing to do."""
    make_folder(tmp_path / "site.old", "old")
    assert [True, False] == [recover_folder(tmp_path / "site"), recover_folder(tmp_path / "site")]
    assert "old" == read(tmp_path / "site")


def test_a_name_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """Nothing was exchanged, and nothing is taken for a system that cannot."""
    make_folder(tmp_path / "site", "old")
    with pytest.raises(FileNotFoundError):
        exchange(tmp_path / "site", tmp_path / "nowhere")
