"""Search by meaning, words or both, narrowed in the address, and what was marked."""

import html
import re

import pytest
from starlette.testclient import TestClient

from digest.config import Config
from digest.records import Mark, MarkKind
from digest.store import archive
from digest.store import marks as mark_rows
from tests.homes import NOW, Holder
from tests.web.conftest import ids_on

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def give(config: Config, item: str, kind: MarkKind) -> None:
    with archive.open_archive(config.archive) as db:
        mark_rows.add(db, Mark(item_id=item, mark=kind, marked_at=NOW, origin="page"))


@pytest.fixture(name="some")
def _some(built: Config) -> list[str]:
    """Items of three works, newest first."""
    with archive.open_archive(built.archive, read_only=True) as db:
        sql = "select item_id from core.items where title ilike '%retrieval%' order by published_at desc limit 3"
        return [row[0] for row in db.execute(sql).fetchall()]


class TestSearch:
    def test_without_words_it_says_how(self, client: TestClient) -> None:
        """The form, and what each way finds."""
        page = client.get("/search").text

        assert 'name="q"' in page
        assert "finds works that say the same in other words" in page
        assert ids_on(page) == []

    @pytest.mark.parametrize("mode", ["", "both", "meaning", "words"])
    def test_it_finds_works_that_can_be_marked(self, client: TestClient, mode: str) -> None:
        """With source, date, a line of text, what an issue made of them, and buttons that come back here."""
        page = client.get(f"/search?q=retrieval&mode={mode}").text

        assert len(ids_on(page)) > 2
        assert 'aria-pressed="false" data-mark="save"' in page
        assert f'name="return" value="/search?q=retrieval&amp;mode={mode}#item-' in page
        assert "week 47 of 2026" in page

    def test_the_address_narrows(self, client: TestClient, built: Config, some: list[str]) -> None:
        """By mark, source, dates and lean, and the form shows what is asked for."""
        give(built, some[0], MarkKind.SAVE)
        page = client.get("/search?q=retrieval&mark=save&since=2020&until=2027-01-31&mode=words").text

        assert ids_on(page) == [some[0]]
        assert '<option value="save" selected>' in page
        assert 'name="since" value="2020-01-01"' in page
        assert "<details open>" in page
        assert ids_on(client.get("/search?q=retrieval&until=2001").text) == []
        both = [ids_on(client.get(f"/search?q=retrieval&lean={lean}").text) for lean in ("letter", "envelope")]
        assert not set(both[0]) & set(both[1])

    def test_filters_alone_list_the_newest(self, client: TestClient, built: Config) -> None:
        """As a source's name on the page of sources leads to its works."""
        name = built.sources[0].name
        page = client.get("/search", params={"source": name}).text

        assert "Newest works" in page
        assert ids_on(page)

    def test_there_are_pages(self, client: TestClient) -> None:
        """One ends where the next begins, and the address keeps the question."""
        first = client.get("/search?since=2020").text
        second = client.get("/search?since=2020&page=2").text

        assert len(ids_on(first)) == 20
        assert 'href="?since=2020&amp;page=2"' in first
        assert not set(ids_on(first)) & set(ids_on(second))
        assert "No further work matches" in client.get("/search?q=retrieval&until=2001&page=9").text

    def test_unknown_words_are_looked_for_as_they_are(self, client: TestClient, built: Config, some: list[str]) -> None:
        """With a note, as the model can say nothing of them."""
        with archive.open_archive(built.archive) as db:
            db.execute(
                "insert into core.terms select 1, '日本語', [{'number': number, 'count': 1}] from core.items "
                "where item_id = ?",
                some[:1],
            )
        page = client.get("/search?q=日本語&mode=meaning").text

        assert "The model knows none of these words" in page
        assert ids_on(page) == [some[0]]

    @pytest.mark.parametrize(
        ("query", "name", "said"),
        [
            ("mode=fast", "mode", "'fast' is none of both, meaning, words."),
            ("mark=love", "mark", "'love' is none of like, dislike, save, read."),
            ("lean=left", "lean", "'left' is none of letter, envelope."),
            ("since=yesterday", "since", "'yesterday' is no date such as 2026-01-31."),
            ("since=0001-01-01", "since", "'0001-01-01' is no date such as 2026-01-31."),
            ("source=Nobody", "source", "there is no source named 'Nobody'"),
            ("q=" + "a" * 3000, "q", "More than 2,000 characters"),
        ],
    )
    def test_a_problem_stands_at_its_field(self, client: TestClient, query: str, name: str, said: str) -> None:
        """In one line, and nothing that was typed is lost."""
        answer = client.get(f"/search?{query}" if query.startswith("q=") else f"/search?q=retrieval&{query}")

        assert answer.status_code == 400
        [told] = re.findall(f'id="{name}-error" role="alert">([^<]*)<', answer.text)
        assert said in html.unescape(told)
        assert f'aria-describedby="{name}-error"' in answer.text

    @pytest.mark.parametrize("query", ["q=%00", "q=%ff", "q=a&page=-1", "q=a&page=9999999999", "q=the", "q=%27%3B--"])
    def test_odd_questions_are_no_bugs(self, client: TestClient, query: str) -> None:
        """Whatever is typed."""
        assert client.get(f"/search?{query}").status_code in (200, 400)

    def test_hostile_texts_are_shown_as_texts(self, client: TestClient, built: Config, some: list[str]) -> None:
        """In the question, a title, an address, a source and a reason."""
        with archive.open_archive(built.archive) as db:
            db.execute("update core.items set title = ?, summary = ?, url = 'javascript:alert(3)'", [HOSTILE, HOSTILE])
            db.execute("update core.verdicts set reason = ?", [HOSTILE])
        for page in (
            client.get("/search", params={"q": "retrieval " + HOSTILE}).text,
            client.get("/search", params={"q": "a", "source": HOSTILE}).text,
            client.get(f"/items/{some[0]}").text,
            client.get("/issues/2026-W47/works", params={"q": "script", "source": HOSTILE}).text,
        ):
            assert "<script>alert" not in page
            assert "<img" not in page
            assert "javascript:" not in page

    def test_a_held_archive_asks_to_come_back(self, client: TestClient, built: Config, held: Holder) -> None:
        """As every page does."""
        with held(built.archive):
            for path in ("/search?q=retrieval", "/saved", "/sources", "/charts", "/issues"):
                assert client.get(path).status_code == 503


class TestSaved:
    def test_nothing_saved_says_how(self, client: TestClient) -> None:
        """Each list has a line for when it is empty."""
        assert "Nothing is saved yet" in client.get("/saved").text
        assert "Nothing is marked yet" in client.get("/saved?mark=any").text

    def test_each_mark_has_its_list(self, client: TestClient, built: Config, some: list[str]) -> None:
        """With counts; a mark that is none shows what is saved."""
        give(built, some[0], MarkKind.SAVE)
        give(built, some[1], MarkKind.LIKE)

        page = client.get("/saved?mark=love").text
        assert ids_on(page) == [some[0]]
        assert "Liked (1)" in page
        assert "/saved/cite.bib" in page
        assert "marked 20 November 2026" in page
        assert '<button name="undo_mark" value="save"' in page
        assert ids_on(client.get("/saved?mark=like").text) == [some[1]]
        assert len(ids_on(client.get("/saved?mark=any").text)) == 2
        assert ids_on(client.get("/saved?mark=any&since=2026-11-21").text) == []

    def test_a_page_too_far_leads_back(self, client: TestClient, built: Config, some: list[str]) -> None:
        """In place of an empty list that looks like none is saved."""
        give(built, some[0], MarkKind.SAVE)

        assert "Back to the first" in client.get("/saved?page=7").text
