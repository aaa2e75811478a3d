import pytest

from digest.records import Item
from digest.sources import items, lxml_reader
from digest.sources.items import deduplicate
from digest.sources.sniffing import read_document
from tests.sources.make import NOW, answer, atom, read_items, read_one, rss


def item(entry_id: str, title: str) -> Item:
    return Item(source="Example", kind="feed", entry_id=entry_id, title=title)


class TestIdentity:
    def test_the_feeds_id_comes_first_then_the_link_then_a_hash(self) -> None:
        """As the contract says."""
        link = "<link>https://example.org/1</link>"

        assert read_one(rss(f"<guid>a1</guid>{link}<title>One</title>")).entry_id == "a1"
        assert read_one(rss(f"{link}<title>One</title>")).entry_id == "https://example.org/1"
        assert len(read_one(rss("<title>One</title>")).entry_id) == 32

    def test_a_hash_tells_texts_apart_and_stays(self) -> None:
        """Entries without id and link are known again by what they say."""
        one, other = read_items(rss("<description>a</description>", "<description>b</description>"))

        assert one.entry_id != other.entry_id
        assert read_one(rss("<description>a</description>")).entry_id == one.entry_id

    def test_the_same_id_and_title_is_the_same_entry(self) -> None:
        """Repetitions are merged."""
        assert deduplicate([item("1", "One"), item("1", "One")]) == (item("1", "One"),)

    def test_the_same_id_with_other_titles_is_several_entries(self) -> None:
        """Whose names do not depend on their order, which changes from day to day."""
        before = deduplicate([item("1", "One"), item("1", "Two"), item("2", "Three")])
        after = deduplicate([item("1", "New"), item("1", "Two"), item("1", "One")])

        assert len({one.entry_id for one in before}) == 3
        assert before[2].entry_id == "2"
        assert {one.title: one.entry_id for one in before if one.title != "Three"}.items() <= {
            one.title: one.entry_id for one in after
        }.items()

    def test_ids_that_nobody_can_store_are_mended(self) -> None:
        """Controls go, and a novel becomes its hash."""
        assert read_one(rss("<guid>a\u200bb</guid>")).entry_id == "ab"
        assert len(read_one(rss(f"<guid>{'x' * 5000}</guid>")).entry_id) == 32


class TestNothingIsDropped:
    @pytest.mark.parametrize(
        "entry",
        [
            "",
            "<title>One</title>",
            "<description>text</description>",
            "<pubDate>never</pubDate>",
            "<link>javascript:alert(1)</link>",
        ],
    )
    def test_whatever_is_missing(self, entry: str) -> None:
        """An entry without id, link, title or date is an entry."""
        assert read_one(rss(entry)).published_at is None


class TestUrl:
    def test_relative_addresses_are_resolved(self) -> None:
        """Against where the document came from."""
        assert read_one(rss("<link>/1</link>"), "https://example.org/a/feed").url == "https://example.org/1"

    @pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "ftp://example.org/x"])
    def test_other_schemes_are_dropped(self, link: str) -> None:
        """A reader clicks on it."""
        assert read_one(rss(f"<link>{link}</link><guid isPermaLink='false'>1</guid>")).url == ""

    def test_the_page_comes_before_other_formats_and_recordings(self) -> None:
        """In whatever order the feed has them."""
        links = (
            '<link rel="enclosure" href="https://example.org/1.mp3"/><link rel="self" href="https://example.org/1.xml"/>'
            '<link rel="alternate" type="application/pdf" href="https://example.org/1.pdf"/>'
        )

        assert read_one(atom(links + '<link href="https://example.org/1"/>')).url == "https://example.org/1"
        assert read_one(atom(links)).url == "https://example.org/1.pdf"

    def test_the_recording_serves_where_there_is_no_page(self) -> None:
        """Podcasts often have nothing else."""
        entry = '<guid isPermaLink="false">1</guid><enclosure url="https://example.org/1.mp3" type="audio/mpeg"/>'

        assert read_one(rss(entry)).url == "https://example.org/1.mp3"


class TestNames:
    @pytest.mark.parametrize(
        ("author", "name"),
        [
            ("ada@example.org (Ada Lovelace)", "Ada Lovelace"),
            ("Ada Lovelace &lt;ada@example.org&gt;", "Ada Lovelace"),
            ("Ada Lovelace", "Ada Lovelace"),
            ("ada@example.org", "ada@example.org"),
        ],
    )
    def test_mail_addresses_are_left_out_of_names(self, author: str, name: str) -> None:
        """Unless there is nothing else."""
        assert read_one(rss(f"<author>{author}</author>")).authors == (name,)

    def test_identifiers_come_from_the_entrys_own_addresses(self) -> None:
        """Its text may speak of other people's papers."""
        entry = read_one(
            rss("<link>https://huggingface.co/papers/2403.01234</link><description>arXiv:2403.09999</description>")
        )
        post = read_one(
            rss("<link>https://example.org/1</link><description>see arXiv:2403.09999, doi:10.1/2</description>")
        )

        assert entry.arxiv_id == "2403.01234"
        assert (post.arxiv_id, post.doi) == ("", "")
        assert read_one(rss("<link>https://doi.org/10.1145/1.2</link>")).doi == "10.1145/1.2"


def test_incredible_dates_are_remarked_upon() -> None:
    """A source that sets its clock wrong should be seen to."""
    document = read_document(answer(rss("<pubDate>1 Jan 2099 00:00 GMT</pubDate>", "<title>undated</title>")))

    assert items.items_of(document, source="s", base="", now=NOW)[1] == (
        "1 dates are unreadable or not between 1990 and tomorrow",
    )


def test_absurdly_many_entries_are_cut_and_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first are the newest."""
    monkeypatch.setattr(lxml_reader, "ENTRIES_AT_MOST", 2)
    document = read_document(answer(rss(*(f"<title>{n}</title>" for n in range(5)))))
    found, remarks = items.items_of(document, source="s", base="", now=NOW)

    assert [item.title for item in found] == ["0", "1"]
    assert remarks == ("of 5 entries only the first 2 were read",)
