"""A finished site is verified before anybody sees it: what is missing, changed or unsealed is named."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from generator.base.errors import SiteError
from generator.publish import verify
from generator.publish.site import STAMP, SUMS, hash_tree, list_sums
from generator.publish.verify import REQUIRED, read_build_id, verify_site

HEAD = '<html><head><meta http-equiv="Content-Security-Policy" content="default-src \'none\'"></head>'
BUILD = "a" * 64


def write(site: Path, name: str, text: str) -> None:
    """Write a file of the site."""
    (site / name).parent.mkdir(parents=True, exist_ok=True)
    (site / name).write_text(text, encoding="utf-8")


def seal(site: Path) -> Path:
    """Write the hashes of the data and what the site was made from, as the end of a build does."""
    write(site, SUMS, "\n".join(list_sums(site)))
    write(site, STAMP, json.dumps({"build_id": BUILD, "tree_sha256": hash_tree(site)}))
    return site


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site with every file that one needs, and a ledger of one file."""
    folder = tmp_path / "site"
    for name in REQUIRED:
        write(folder, name, f'{HEAD}<h2 id="here">x</h2>' if name.endswith(".html") else "x")
    write(folder, "index.html", f'{HEAD}<a href="data.html#here">x</a><a href="https://example.org/">x</a>')
    write(folder, "countries/index.html", f'{HEAD}<a href="../index.html">x</a><img src="../robots.txt">')
    digest = hashlib.sha256(b"x").hexdigest()
    resource = {"path": "report.json", "hash": f"sha256:{digest}", "bytes": 1}
    write(folder, "data/datapackage.json", json.dumps({"resources": [resource]}))
    name = f"2026-10-01_2026-10-02-{digest[:16]}.parquet"
    write(folder, f"data/ledger/{name}", "x")
    write(folder, "data/ledger/manifest.json", json.dumps({"intervals": [{"files": {"flows": name}}]}))
    return seal(folder)


def test_a_whole_site_passes(site: Path) -> None:
    """What it counts is what there is; links to other sites are not followed."""
    found = verify_site(site)
    pages = len([name for name in REQUIRED if name.endswith(".html")])
    assert (BUILD, pages, 3) == (found.build_id, found.pages, found.links)


@pytest.mark.parametrize("name", REQUIRED)
def test_each_required_file_is_missed(site: Path, name: str) -> None:
    """By its name."""
    (site / name).unlink()
    with pytest.raises(SiteError, match=f"{re.escape(name)} is missing"):
        verify_site(site)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("about.html", "<html><head></head>", "about.html has no content policy"),
        ("about.html", HEAD + "x" * 4_000_001, "about.html has 4,000,092 bytes"),
        ("about.html", f'{HEAD}<a href="gone.html">', "about.html leads to gone.html, which is not there"),
        ("about.html", f'{HEAD}<a href="data.html#gone">', "about.html leads to data.html#gone, and there is no such"),
        ("about.html", f'{HEAD}<script src="scripts/gone.js">', "about.html leads to scripts/gone.js, which is not"),
        ("countries/index.html", f'{HEAD}<a href="data.html">', "countries/index.html leads to data.html, which"),
        ("data/report.json", "y", "data/report.json has the hash"),
        (
            "about.html",
            f"{HEAD}<script>run()</script>",
            "a script that nobody has signed stands in about.html: 'run()'",
        ),
        ("data/x.csv.partial", "half", "data/x.csv.partial is a leftover"),
        ("data/ledger/manifest.json", '{"intervals": [{"files": {"flows": "gone-0.parquet"}}]}', "gone-0.parquet is"),
    ],
)
def test_each_fault_is_named(site: Path, name: str, text: str, said: str) -> None:
    """The page or file at fault, and what is wrong with it."""
    write(site, name, text)
    with pytest.raises(SiteError, match=re.escape(said)):
        verify_site(seal(site))


def test_a_damaged_file_of_the_ledger_is_named(site: Path) -> None:
    """Its bytes are not those of the hash in its name."""
    path = next((site / "data" / "ledger").glob("*.parquet"))
    path.write_text("y", encoding="utf-8")
    with pytest.raises(SiteError, match=re.escape(f"{path.name} is damaged")):
        verify_site(seal(site))


def test_a_data_file_that_is_not_listed_is_named(site: Path) -> None:
    """What is attested is the list: a file that it lacks, or names with another hash, is attested by nobody."""
    write(site, "data/new.csv", "y")
    with pytest.raises(SiteError, match=r"SHA256SUMS does not say [0-9a-f]{64}  new\.csv"):
        verify_site(site)


def test_a_limit_warns_before_it_stops_a_night(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From six tenths of it on, with the part that is used; below nothing is said."""
    assert () == verify_site(site).warnings
    size = len((site / "index.html").read_bytes())
    monkeypatch.setattr(verify, "MAX_PAGE_BYTES", int(size / 0.7))
    assert any(warning.startswith("index.html has 70% of") for warning in verify_site(site).warnings)


@pytest.mark.parametrize("change", ["changed", "added", "lost"])
def test_a_file_that_changed_after_the_build_is_noticed(site: Path, change: str) -> None:
    """Leftovers of an older site and torn files among them."""
    if change == "lost":
        (site / "data" / "report.json").unlink()
    else:
        write(site, "robots.txt" if change == "changed" else "old.txt", "torn")
    with pytest.raises(SiteError, match="some were changed, added or lost after the build"):
        verify_site(site)


def test_all_faults_are_told_at_once(site: Path) -> None:
    """The first twenty, and how many more there are."""
    write(site, "about.html", HEAD + "".join(f'<a href="gone{number}.html">' for number in range(30)))
    with pytest.raises(SiteError, match=r"30 problems(?s:.)*gone0\.html(?s:.)*and 10 more"):
        verify_site(seal(site))


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"build_id": 5}', '{"build_id": "<script>"}'])
def test_what_is_no_build_id_is_none(text: str) -> None:
    """Sixty-four digits of a hash, and nothing else: it is shown to people."""
    assert read_build_id(text) is None


def test_a_folder_that_is_not_there_has_nothing(tmp_path: Path) -> None:
    """Every required file is missing from it."""
    with pytest.raises(SiteError, match=r"index\.html is missing"):
        verify_site(tmp_path / "nowhere")
