"""Likes from what was read before: found in the archive, told by the file, or asked of arXiv in one go."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from digest.config import Config
from digest.errors import ArchiveBusy
from digest.fetch import client
from digest.fetch.limits import FetchLimits
from digest.records import Item
from digest.sources.references import read_references
from digest.store import archive, items
from digest.store import marks as mark_rows
from digest.store import works as work_rows
from digest.workflows import importing_likes
from digest.workflows.importing_likes import ImportEntry, ImportResult
from digest.workflows.ingesting import settle_works
from digest.workflows.status import problems, source_table, status
from tests import make
from tests.fakes import another_process_holds
from tests.fetch.server import Asked, Said, World, serving
from tests.make import NOW
from tests.sources.test_arxiv import paper, results

#: What this arXiv knows.
KNOWN = tuple(f"2301.{number:05}" for number in range(1, 400))
TEXT = "We train dense retrievers with hard negatives that the model finds itself."
Learn = Callable[..., ImportResult]


def answer(asked: Asked) -> Said:
    """The API as far as `id_list` goes; what it does not know is left out."""
    wanted = parse_qs(urlsplit(asked.path).query).get("id_list", [""])[0].split(",")
    papers = [paper(number) for number in wanted if number in KNOWN]
    return Said(body=results(*papers, total=len(papers)).body)


@pytest.fixture(name="arxiv")
def _arxiv() -> Iterator[World]:
    with serving(answer) as world:
        yield world


@pytest.fixture(name="config")
def _config(tmp_path: Path, made_archive: Path, arxiv: World, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(client, "fetch_all", partial(client.fetch_all, limits=FetchLimits(arxiv_gap=0.01)))
    declared = f'[[sources]]\nname = "arXiv"\nkind = "arxiv"\ncategories = ["cs.IR"]\nbase_url = "{arxiv.url("")}"\n'
    return make.config('[fetch]\npause = "0s"\ncontact = "mailto:ada@example.org"\n', sources=declared, folder=tmp_path)


@pytest.fixture(name="learn")
def _learn(config: Config) -> Learn:
    def run(*texts: str, later: int = 0) -> ImportResult:
        found = [(f"{n}.txt", read_references(text.encode(), NOW)) for n, text in enumerate(texts, start=1)]
        entries = [ImportEntry(file=name, reference=one) for name, some in found for one in some.found]
        return importing_likes.import_likes(config, entries, NOW + timedelta(hours=later), wait=1)

    return run


def fill(config: Config, *made: Item) -> None:
    with archive.open_archive(config.archive) as db:
        keys, assignment = settle_works(db, made)
        new = [make.new_item(one, work_id=assignment.works[one.item_id], keys=keys[one.item_id].all) for one in made]
        items.add(db, new, read=make.readings(made))


def rows(config: Config, sql: str) -> list[tuple[object, ...]]:
    with archive.open_archive(config.archive, read_only=True) as db:
        return db.execute(sql).fetchall()


def where(done: ImportResult) -> list[str]:
    return [one.where for one in done.found]


class TestTheArchive:
    @pytest.mark.parametrize(
        "line",
        [
            "2401.00001",
            "https://doi.org/10.1000/X",
            "https://www.example.org/p?utm_source=x",
            "on POSTS, and much more",
        ],
    )
    def test_what_is_there_is_found_by_any_name(self, config: Config, arxiv: World, learn: Learn, line: str) -> None:
        """arXiv id, DOI, address however it was shared, title whatever its case; nobody is asked."""
        item = make.item(arxiv_id="2401.00001", doi="10.1000/x", title="On posts and much more", url="https://www.example.org/p")  # fmt: skip
        fill(config, item)

        done = learn(line)

        assert (where(done), done.liked, arxiv.log) == (["archive"], 1, [])
        assert rows(config, "select item_id, mark, origin, marked_at from marks") == [
            (item.item_id, "like", "import", NOW.replace(tzinfo=None))
        ]

    def test_a_title_that_several_works_bear_is_no_name(self, config: Config, learn: Learn) -> None:
        """Which of them was meant cannot be known."""
        fill(
            config,
            *(
                make.item(n, title="Links of the whole week", summary=text)
                for n, text in ((1, TEXT * 3), (2, "What else was read, and where. " * 9))
            ),
        )

        assert where(learn("Links of the whole week")) == ["missing"]

    def test_what_was_liked_before_is_counted_and_left_alone(self, config: Config, learn: Learn) -> None:
        """Also when it was saved; a dislike gives way."""
        made = [make.item(n, arxiv_id=f"2401.0000{n}") for n in (1, 2, 3)]
        fill(config, *made)
        with archive.open_archive(config.archive) as db:
            for item, said in zip(made, ("like", "save", "dislike"), strict=True):
                mark_rows.add(db, make.mark(item, mark=said, marked_at=NOW - make.DAY))

        done = learn("2401.00001\n2401.00002\n2401.00003")

        assert [one.liked_before for one in done.found] == [True, True, False]
        assert done.liked == 1
        assert rows(config, "select mark, origin from marks order by item_id = $$" + made[2].item_id + "$$, 1") == [
            ("like", "command"),
            ("save", "command"),
            ("like", "import"),
        ]


class TestTheFile:
    def test_what_the_file_tells_needs_nobody(self, config: Config, arxiv: World, learn: Learn) -> None:
        """It is history: searchable, never news, in a source that is no source of sources.toml."""
        done = learn(f"@article{{a, title={{Hard negatives}}, abstract={{{TEXT}}}, eprint={{2301.00001}}, year=2023}}")

        assert (where(done), done.liked, arxiv.log) == (["file"], 1, [])
        assert rows(config, "select source, kind, backfill, title, summary, arxiv_id, url from items") == [
            ("library", "library", True, "Hard negatives", TEXT, "2301.00001", "https://arxiv.org/abs/2301.00001")
        ]
        assert rows(config, "select count(*) from search_words('negatives')") == [(1,)]
        with archive.open_archive(config.archive) as db:
            assert work_rows.for_period(db, starts_at=NOW - make.WEEK, period="p") == []

    def test_it_is_no_source_that_ails_or_is_due(self, config: Config, learn: Learn) -> None:
        """Neither `sources list` nor `status` knows it."""
        learn(f"@article{{a, title={{Hard negatives}}, abstract={{{TEXT}}}}}")

        facts = status(config, NOW, wait=1)
        assert (facts["sources"], problems(facts)) == (1, [])
        assert [row[0] for row in source_table(config, wait=1)[1]] == ["arXiv"]
        assert rows(config, "select source from sources") == []

    def test_a_title_alone_is_enough_where_it_says_something(self, learn: Learn) -> None:
        """Words on a line of a list are not known to be a title, and one word is none."""
        done = learn("@book{a, title={An introduction to information retrieval}}\n@book{b, title={Retrieval}}", "Some words that I wrote")  # fmt: skip

        assert where(done) == ["file", "missing", "missing"]
        assert [one.reason for one in done.found[1:]] == [
            "not in the archive, and its title is too short to learn from",
            "not in the archive, and the file does not say what it is about",
        ]

    def test_duplicates_count_once(self, config: Config, learn: Learn) -> None:
        """In one file or two, under another name of the same work, and when all of it is learned again."""
        text = f"@article{{a, title={{Hard negatives}}, abstract={{{TEXT}}}, doi={{10.1000/1}}}}"

        done = learn(f"{text}\n{text}", "doi:10.1000/1")
        again = learn(text, later=1)

        assert [one.repeated for one in done.found] == [False, True, True]
        assert (done.liked, again.liked, [one.liked_before for one in again.found]) == (1, 0, [True])
        assert rows(config, "select count(*) from items") == [(1,)]

    def test_a_paper_that_a_source_brings_later_joins_its_work(self, config: Config, learn: Learn) -> None:
        """It is known by then, and no news."""
        learn(f"@article{{a, title={{Hard negatives}}, abstract={{{TEXT}}}, eprint={{2301.00001}}}}")

        fill(config, make.item(source="arXiv", kind="arxiv", entry_id="2301.00001", arxiv_id="2301.00001"))

        assert rows(config, "select item_count, sources from works") == [(2, ["arXiv", "library"])]


class TestArxiv:
    def test_one_polite_request_for_all(self, config: Config, arxiv: World, learn: Learn) -> None:
        """Each id once, to the declared server, with the contact; what it does not know is named."""
        done = learn("2301.00001\n2301.00002v3\n2312.99999\n2301.00001", "@a{k, title={x}, eprint={2301.00002}}")

        assert where(done) == ["arxiv", "arxiv", "missing", "arxiv", "arxiv"]
        assert [one.repeated for one in done.found] == [False, False, False, True, True]
        assert done.found[2].reason == "arXiv does not have it"
        assert arxiv.paths() == ["/api/query?id_list=2301.00001,2301.00002,2312.99999&max_results=100"]
        assert "mailto:ada@example.org" in arxiv.log[0].headers["user-agent"]
        assert rows(config, "select source, kind, backfill, title, authors[1] from items order by title") == [
            ("library", "arxiv", True, "On 2301.00001", "Ada Lovelace"),
            ("library", "arxiv", True, "On 2301.00002", "Ada Lovelace"),
        ]
        assert rows(config, "select count(distinct batch) from marks") == [(1,)]

    def test_a_title_serves_where_arxiv_does_not_know_the_paper(self, learn: Learn) -> None:
        """Less than an abstract, but more than nothing."""
        assert where(learn("@a{k, title={On the training of dense retrievers}, eprint={2312.99999}}")) == ["file"]

    def test_without_a_network_what_was_found_is_learned(self, config: Config, arxiv: World, learn: Learn) -> None:
        """In one line; the rest is found when it is learned again, with its abstract rather than by its title."""
        text = (
            f"@article{{a, title={{Hard negatives}}, abstract={{{TEXT}}}}}\n"
            "@a{k, title={On the training of dense retrievers}, eprint={2301.00001}}"
        )
        arxiv.answering = lambda asked: Said(status=500)
        done = learn(text)
        arxiv.answering = answer
        again = learn(text, later=1)

        assert (where(done), done.liked) == (["file", "missing"], 1)
        assert done.problem == "arXiv: answered 500 Internal Server Error"
        assert done.found[1].reason == "not in the archive, and arXiv did not answer"
        assert (where(again), again.liked, again.problem) == (["archive", "arxiv"], 1, "")

    def test_rest_that_arxiv_asks_for_is_given(self, arxiv: World, learn: Learn) -> None:
        """By this command too, and by the next one."""
        arxiv.answering = lambda asked: Said(status=503, headers={"Retry-After": "7200"})
        learn("2301.00001")
        arxiv.answering = answer
        refused, served = learn("2301.00001", later=1), learn("2301.00001", later=3)

        assert refused.problem.startswith("arXiv asked not to be asked again before 2026-03-23 09:00")
        assert where(refused) == ["missing"]
        assert where(served) == ["arxiv"]
        assert len(arxiv.log) == 2

    def test_an_answer_that_cannot_be_read_costs_itself(self, arxiv: World, learn: Learn) -> None:
        """The others of the same import are learned."""
        arxiv.answering = lambda asked: Said(body=b"<html>") if "2301.00001," in asked.path else answer(asked)

        done = learn("\n".join(KNOWN[:150]))

        assert where(done) == ["missing"] * 100 + ["arxiv"] * 50
        assert done.problem.startswith("arXiv: ")

    def test_thousands_take_few_requests(self, config: Config, arxiv: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """A hundred papers in each, and no more of them at once than is polite; the next time goes on."""
        monkeypatch.setattr(importing_likes, "MOST_ASKED", 300)
        found = read_references("\n".join(KNOWN).encode(), NOW).found
        entries = [ImportEntry(file="f", reference=one) for one in found]

        first = importing_likes.import_likes(config, entries, NOW, wait=1)
        requests = len(arxiv.log)
        second = importing_likes.import_likes(config, entries, NOW, wait=1)

        assert (first.liked, requests) == (300, 3)
        assert {one.reason for one in first.found[300:]} == {"left for the next time"}
        assert (second.liked, len(arxiv.log)) == (99, 4)


@pytest.mark.slow
def test_a_library_of_five_thousand(config: Config, arxiv: World, learn: Learn) -> None:
    """In bounded requests: fifty, or none where the file tells enough."""
    ids = [f"{year}{month:02}.{n:05}" for year in (21, 22) for month in range(1, 11) for n in range(250)]
    entries = [
        f"@a{{k{n}, title={{Work {n}}}, abstract={{{TEXT} {n}}}, eprint={{{one}}}}}" for n, one in enumerate(ids)
    ]

    asked = learn("\n".join(ids))
    told = learn("\n".join(entries), later=1)

    assert (len(asked.found), asked.liked, len(arxiv.log)) == (5000, 0, 50)
    assert (len(told.found), told.liked, len(arxiv.log)) == (5000, 5000, 50)


class TestAHeldArchive:
    def test_nothing_is_done_while_it_is_held(self, config: Config, arxiv: World, learn: Learn) -> None:
        """The holder is named, and nobody was asked in vain."""
        fill(config, make.item())
        with another_process_holds(config.archive), pytest.raises(ArchiveBusy):
            learn("2301.00001")

        assert arxiv.log == []

    def test_held_only_after_arxiv_was_asked(self, config: Config, arxiv: World, learn: Learn) -> None:
        """What was found before is marked already; the line names the holder."""
        item = make.item(arxiv_id="2401.00001")
        fill(config, item)
        holders = []

        def hold(asked: Asked) -> Said:
            holders.append(another_process_holds(config.archive))
            holders[0].__enter__()
            return answer(asked)

        arxiv.answering = hold
        try:
            done = learn("2401.00001\n2301.00001")
        finally:
            holders[0].__exit__(None, None, None)

        assert (where(done), done.liked) == (["archive", "missing"], 1)
        assert "is held by" in done.problem
        assert rows(config, "select item_id from marks") == [(item.item_id,)]


def test_an_import_is_taken_back_whole(config: Config, learn: Learn) -> None:
    """What was found, told and asked for; the items stay, and learning again marks them again."""
    fill(config, make.item(arxiv_id="2401.00001"))
    text = f"@article{{a, title={{Hard negatives}}, abstract={{{TEXT}}}}}"
    learn("2401.00001\n2301.00001", text)

    undone = importing_likes.undo(config, NOW + timedelta(hours=1), wait=1)

    assert undone is not None
    assert (undone.marks, undone.made_at) == (3, NOW)
    assert rows(config, "select count(*) from marks") == [(0,)]
    assert importing_likes.undo(config, NOW, wait=1) is None
    assert learn("2401.00001\n2301.00001", text, later=2).liked == 3


def test_without_an_archive_there_is_nothing_to_take_back(config: Config) -> None:
    """And none is made by asking."""
    config.archive.unlink()

    assert importing_likes.undo(config, NOW, wait=1) is None
    assert not config.archive.exists()
