"""query, search, why, status: looking into an archive."""

import csv
import io
import json
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from digest.store import archive, verdicts
from tests import make
from tests.commands.conftest import Command


def test_query_prints_json_keyed_by_column(digest: Command, demo_folder: Path) -> None:
    """An array of objects; times in ISO 8601 UTC."""
    sql = "select item_id, first_seen_at from items limit 2"

    done = digest("query", sql, "--json", "--config", demo_folder / "sources.toml")
    rows = json.loads(done.out)

    assert [list(row) for row in rows] == [["item_id", "first_seen_at"]] * 2
    assert rows[0]["first_seen_at"] == "2026-11-20T09:00:00Z"


def test_query_prints_csv(digest: Command, demo_folder: Path) -> None:
    """A header, then rows."""
    done = digest("query", "select 1 as one, 'a,b' as two", "--format", "csv", "--config", demo_folder / "sources.toml")

    assert list(csv.reader(io.StringIO(done.out))) == [["one", "two"], ["1", "a,b"]]


def test_query_writes_parquet_only_where_told(digest: Command, demo_folder: Path, tmp_path: Path) -> None:
    """Parquet goes to the file named with --output."""
    target = tmp_path / "out.parquet"
    options = ("--format", "parquet", "--output", target, "--config", demo_folder / "sources.toml")

    done = digest("query", "select * from items", *options)

    assert done.code == 0
    assert target.stat().st_size > 0


@pytest.mark.parametrize(
    "sql",
    [
        "delete from core.items",
        "create table x as select 1",
        "copy (select 1) to '/tmp/should-not-be.csv'",
        "select * from read_csv('/etc/passwd')",
        "attach '/tmp/other.duckdb'",
        "set enable_external_access = true",
        "selec nonsense",
    ],
)
def test_query_only_reads(digest: Command, demo_folder: Path, sql: str) -> None:
    """Whatever would write, reach out or is no SQL ends in one line and exit 1."""
    done = digest("query", sql, "--config", demo_folder / "sources.toml")

    assert done.code == 1
    assert len(done.err.splitlines()) == 1
    assert done.err.startswith("digest: the query failed: ")


def test_search_finds_by_meaning(digest: Command, demo_folder: Path) -> None:
    """The nearest items come first, whether they hold the very words or not."""
    done = digest("search", "mining negatives for retrievers", "--json", "--config", demo_folder / "sources.toml")

    assert "negative" in json.loads(done.out)[0]["title"].lower()


def test_why_tells_everything(digest: Command, demo_folder: Path) -> None:
    """The first letters of an id are enough; the verdict, its parts and the matched phrase are there."""
    picks = json.loads(
        digest(
            "query", "select item_id from picks order by rank", "--json", "--config", demo_folder / "sources.toml"
        ).out
    )

    [facts] = json.loads(digest("why", picks[0]["item_id"][:8], "--json", "--config", demo_folder / "sources.toml").out)

    assert facts["item_id"] == picks[0]["item_id"]
    assert facts["verdict"].startswith("2026-W47: kept")
    assert facts["matched"]
    parts = [value for name, value in facts.items() if name.startswith("part_")]
    assert sum(parts) == pytest.approx(facts["score"], abs=0.01)


def test_why_tells_what_a_kept_work_was_preferred_to(digest: Command, demo_folder: Path, tmp_path: Path) -> None:
    """Where a better-scored one gave way to it, and only there."""
    home = tmp_path / "home"
    shutil.copytree(demo_folder, home)
    config = ("--config", home / "sources.toml")
    plain, traded = json.loads(digest("query", "select item_id from picks order by rank", "--json", *config).out)[:2]
    note = "kept before “Another” though it scored 0.10 lower: the letter had little"
    with archive.open_archive(home / "digest.duckdb") as db:
        issue = verdicts.issue(db, "2026-W47")
        assert issue is not None
        picks = tuple(replace(p, traded=note if p.item_id == traded["item_id"] else "") for p in issue.picks)
        decided = verdicts.of_period(db, "2026-W47")
        verdicts.save_issue(db, replace(issue, picks=picks), decided, path="")

    told = [json.loads(digest("why", one["item_id"], "--json", *config).out)[0] for one in (plain, traded)]

    assert [facts.get("traded") for facts in told] == [None, note]


def test_why_refuses_what_it_cannot_tell(digest: Command, demo_folder: Path) -> None:
    """An unknown id, and letters that several ids share."""
    config = ("--config", demo_folder / "sources.toml")

    assert digest("why", "zzzzzzzzzz", *config).err == "digest: there is no item 'zzzzzzzzzz'\n"
    assert digest("why", "", *config).code == 1


def test_status_tells_what_ails(digest: Command, home: Path) -> None:
    """All is well after the demo; a source that cannot be reached fails, and --check says so by its exit status."""
    config = ("--config", home / "sources.toml")
    now = "2026-11-20T09:00:00Z"

    well = digest("status", "--check", "--json", "--now", now, *config)
    failed = digest("fetch", "--now", "2026-11-22T09:00:00Z", *config)  # the demo's server is gone
    ill = digest("status", "--check", "--json", "--now", "2026-11-22T09:00:00Z", *config)

    assert (well.code, json.loads(well.out)[0]["ailing"]) == (0, [])
    assert failed.code == 1  # every source failed
    assert ill.code == 1
    assert {source["source"] for source in json.loads(ill.out)[0]["ailing"]} >= {"Marginal Gains", "Plumbline"}


def test_a_query_has_a_name(digest: Command, home: Path) -> None:
    """Built in or from sources.toml, listed with what it tells; a mistyped one is suggested."""
    config = ("--config", home / "sources.toml")
    text = (home / "sources.toml").read_text(encoding="utf-8")
    (home / "sources.toml").write_text(f"{text}\n[queries]\nlong-reads = 'select max(words) as most from items'\n")

    listed = {row["name"] for row in json.loads(digest("query", "--list", "--json", *config).out)}
    kept = {row["source"]: row["kept"] for row in json.loads(digest("query", "yield", "--json", *config).out)}
    mistyped = digest("query", "yeild", *config)

    assert len(listed) > 12
    assert {"long-reads", "yield", "near-misses", "focus-drift", "duplicates", "envelope-share"} <= listed
    assert sum(kept.values()) > 0
    assert json.loads(digest("query", "long-reads", "--json", *config).out)[0]["most"] > 0
    assert (mistyped.code, mistyped.err) == (1, "digest: there is no query named 'yeild'; did you mean 'yield'?\n")


def test_a_query_of_ones_own_that_is_no_sql(digest: Command, home: Path) -> None:
    """The message names where it stands; one name for another is no alias."""
    with (home / "sources.toml").open("a") as file:
        file.write("\n[queries]\nmine = 'yield'\n")

    asked = digest("query", "mine", "--config", home / "sources.toml")

    assert (asked.code, asked.err) == (1, "digest: the query 'mine' in sources.toml is no SQL: 'yield'\n")


@pytest.mark.parametrize("mode", ["meaning", "words", "both"])
def test_search_narrows_in_every_mode(digest: Command, demo_folder: Path, mode: str) -> None:
    """By source and lean; what is found fits."""
    options = ("--mode", mode, "--json", "--config", demo_folder / "sources.toml")

    found = json.loads(digest("search", "feature store", "--source", "Plumbline", "--lean", "envelope", *options).out)
    none = json.loads(digest("search", "feature store", "--until", "2020", *options).out)

    assert {row["source"] for row in found} == {"Plumbline"}
    assert none == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("search", "x", "--mode", "feeling"), 2),
        (("search", "x", "--since", "yesterday"), 2),
        (("search", "x", "--lean", "left"), 2),
        (("search", "x", "--source", "Nobody"), 1),
        (("search", ""), 1),
        (("search", " ", "--mode", "words"), 1),
        (("search", "", "--mode", "both"), 1),
        (("search", "検" * 5000), 1),
        (("similar", "zzzz"), 1),
        (("query",), 2),
    ],
)
def test_what_cannot_be_meant_is_refused(
    digest: Command, demo_folder: Path, arguments: tuple[str, ...], code: int
) -> None:
    """Wrong usage is 2; a name that is not there, or nothing to look for, is 1 and one short line."""
    said = digest(*arguments, "--config", demo_folder / "sources.toml")

    assert said.code == code
    assert code == 2 or (said.err.startswith("digest: ") and said.err.count("\n") == 1 and len(said.err) < 200)


def test_what_a_former_source_brought_is_found(digest: Command, home: Path) -> None:
    """Taken out of sources.toml, a source is still in the archive."""
    config = ("--config", home / "sources.toml")
    with duckdb.connect(str(home / "digest.duckdb")) as db:
        db.execute("update core.items set source = 'Long gone' where source = 'Plumbline'")

    found = json.loads(digest("search", "feature store", "--source", "Long gone", "--json", *config).out)

    assert {row["source"] for row in found} == {"Long gone"}


def test_similar_finds_neighbours(digest: Command, demo_folder: Path) -> None:
    """The same as similar_to in SQL; the item itself is no news."""
    config = ("--json", "--config", demo_folder / "sources.toml")
    [pick] = json.loads(digest("query", "select item_id from picks order by rank limit 1", *config).out)

    found = json.loads(digest("similar", pick["item_id"], "--limit", "5", *config).out)
    in_sql = json.loads(digest("query", f"from similar_to('{pick['item_id']}', count_shown := 5)", *config).out)

    assert found == in_sql
    assert len(found) == 5
    assert pick["item_id"] not in {row["item_id"] for row in found}


@pytest.mark.parametrize("words", ["''", "null", "'検索'"])
def test_words_that_say_nothing_find_nothing_in_sql(digest: Command, demo_folder: Path, words: str) -> None:
    """Rather than the same twenty works whatever was asked."""
    sql = f"select count(*) as found from search({words})"

    assert json.loads(digest("query", sql, "--json", "--config", demo_folder / "sources.toml").out) == [{"found": 0}]


def test_search_in_sql_is_by_meaning_and_words(digest: Command, demo_folder: Path) -> None:
    """The macro `search` says what `digest search --mode both` says."""
    config = ("--json", "--config", demo_folder / "sources.toml")

    in_sql = json.loads(digest("query", "select item_id from search('hard negatives', count_shown := 10)", *config).out)
    found = json.loads(digest("search", "hard negatives", "--mode", "both", *config).out)

    assert [row["item_id"] for row in in_sql] == [row["item_id"] for row in found]


def test_words_need_no_quotes(digest: Command, demo_folder: Path) -> None:
    """`search kv cache` is `search "kv cache"`."""
    config = ("--json", "--config", demo_folder / "sources.toml")

    assert digest("search", "kv", "cache", *config).out == digest("search", "kv cache", *config).out


def test_before_anything_is_embedded_search_says_so(digest: Command, tmp_path: Path) -> None:
    """An archive without vectors was not ranked by another model: there is nothing in it yet."""
    (tmp_path / "sources.toml").write_text(f"{make.FOCUS}\n{make.SOURCE}", encoding="utf-8")
    with archive.open_archive(tmp_path / "digest.duckdb"):
        pass

    done = digest("search", "kv", "cache", "--config", str(tmp_path / "sources.toml"))

    assert done.code == 1
    assert "nothing in it is embedded yet; `digest run`" in done.err


def test_no_hit_is_said(digest: Command, demo_folder: Path) -> None:
    """In a line, with what narrowed the search, rather than an empty table; JSON is an empty array."""
    narrow = ("search", "kv", "cache", "--until", "2020", "--config", demo_folder / "sources.toml")

    assert digest(*narrow).out == "no work matches 'kv cache'; without --until there may be some\n"
    assert json.loads(digest(*narrow, "--json").out) == []
    assert digest("query", "from items where false", *narrow[-2:]).out == "no rows\n"


@pytest.mark.parametrize("form", ["{}", "arXiv:{}v3", "https://arxiv.org/pdf/{}v2.pdf", "arxiv.org/abs/{}"])
def test_an_item_by_its_arxiv_id(digest: Command, demo_folder: Path, form: str) -> None:
    """With or without its version, prefix or address."""
    config = ("--json", "--config", demo_folder / "sources.toml")
    [paper] = json.loads(digest("query", "from items where kind = 'arxiv' limit 1", *config).out)

    [facts] = json.loads(digest("why", form.format(paper["arxiv_id"]), *config).out)

    assert facts["item_id"] == paper["item_id"]


def test_several_items_by_address(digest: Command, demo_folder: Path) -> None:
    """The scheme may be left out, and what says only how a reader came does not count."""
    config = ("--json", "--config", demo_folder / "sources.toml")
    rows = json.loads(
        digest(
            "query",
            "from items where arxiv_id is null and url like '%/%/%/%' qualify count(*) over (partition by split_part(url, '?', 1)) = 1 order by url limit 2",
            *config,
        ).out
    )
    named = [rows[0]["url"].removeprefix("https://"), f"{rows[1]['url']}?utm_source=mail"]

    told = json.loads(digest("why", *named, *config).out)
    near = json.loads(digest("similar", *named, *config).out)

    assert [facts["item_id"] for facts in told] == [row["item_id"] for row in rows]
    assert not {row["item_id"] for row in rows} & {row["item_id"] for row in near}
    assert len(near) == 10


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("1234.56789", "there is no item '1234.56789'"),
        ("2401.12345v2", "there is no item with the arXiv id 2401.12345"),
        ("https://nobody.example.org/post/", "there is no item at https://nobody.example.org/post"),
    ],
)
def test_no_such_item_says_what_was_looked_for(digest: Command, demo_folder: Path, typed: str, told: str) -> None:
    """An id, an arXiv id or an address."""
    assert digest("why", typed, "--config", demo_folder / "sources.toml").err == f"digest: {told}\n"


def test_titles_are_drawn_as_in_the_digest(digest: Command, home: Path) -> None:
    """LaTeX is Unicode for people everywhere, and as it is stored in JSON."""
    config = ("--config", home / "sources.toml")
    with duckdb.connect(str(home / "digest.duckdb")) as db:
        [(item, before)] = db.execute("select item_id, title from items where source = 'Plumbline' limit 1").fetchall()
        db.execute("update core.items set title = 'Budgets in $\\ell_0$' where item_id = ?", [item])

    said = [
        digest("why", item, *config).out,
        digest("mark", item, "like", *config).out,
        digest("search", before, *config).out,
        digest("query", f"select title from items where item_id = '{item}'", *config).out,
    ]
    raw = json.loads(digest("why", item, "--json", *config).out)[0]["title"]

    assert ["Budgets in ℓ₀" in one for one in said] == [True] * 4
    assert raw == "Budgets in $\\ell_0$"
