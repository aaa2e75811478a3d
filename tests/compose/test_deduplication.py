"""Which items are one piece of work: by what names them for certain, else by their texts."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from digest.compose.deduplication import Assignment, assign, keys_of
from digest.records import Item
from tests import make

ESSAY = (
    "Dense retrievers learn from negatives that an earlier checkpoint mined, and nobody is quite sure how hard "
    "these should be. We order mined negatives by how often a cross-encoder disagrees with the retriever and feed "
    "them from easy to hard, which takes a week less of training than feeding them at random, and we say where it fails. "
)
OTHER = (
    "Feature stores promise that training and serving see the same numbers, yet most incidents of last year came from "
    "clocks that disagreed. We describe how a team of four moved to event time within a month, what broke first, and "
    "which three dashboards they look at every morning since then without fail. "
)

Known = Mapping[str, Sequence[str]]
Texts = Mapping[str, tuple[str, str, Sequence[str]]]


def item(number: int, source: str = "Blog", **changes: Any) -> Item:  # noqa: ANN401 - any field of an Item
    """An item that has nothing in common with any other."""
    fresh: dict[str, Any] = {
        "title": f"The number {number} of {source}",
        "summary": f"{source} {number} says little",
        "url": f"https://{source.lower()}.example.org/{number}",
    }
    return make.item(number, source=source, **(fresh | changes))


def together(*items: Item, known: Known | None = None, texts: Texts | None = None) -> Assignment:
    keys = {one.item_id: keys_of(one) for one in items}
    wanted = {key for found in keys.values() for key in found.all}
    return assign(items, keys, {key: works for key, works in (known or {}).items() if key in wanted}, texts or {})


def groups(*items: Item) -> list[set[str]]:
    """The items' titles by work, merged works taken together."""
    assignment = together(*items)
    found: dict[str, set[str]] = {}
    for one in items:
        work = assignment.works[one.item_id]
        work = assignment.merged.get(work, work)  # one step: chains are followed already
        found.setdefault(work, set()).add(one.entry_id)
    return list(found.values())


def stored(work: str, *items: Item) -> tuple[Known, Texts]:
    """A work as the archive tells of it."""
    known = {key: [work] for one in items for key in keys_of(one).all}
    return known, {work: (items[0].title, items[0].body, [one.source for one in items])}


class TestCertain:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ({"arxiv_id": "2603.01234"}, {"arxiv_id": "2603.01234"}),
            ({"doi": "10.1000/XYZ"}, {"doi": "10.1000/xyz"}),
            ({"url": "https://a.org/post"}, {"url": "http://a.org/post/?utm_source=x#top"}),
            ({"url": "https://a.org/?p=12"}, {"url": "https://a.org/?p=12&fbclid=abc"}),
        ],
    )
    def test_one_identifier_is_one_work(self, one: dict[str, str], other: dict[str, str]) -> None:
        """Whatever else differs."""
        assert len(groups(item(1, **one), item(2, "Other", **other))) == 1

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ({"arxiv_id": "2603.01234"}, {"arxiv_id": "2603.01235"}),
            ({"url": "https://a.org/post"}, {"url": "https://a.org/posts"}),
            ({"url": "https://a.org/?p=12"}, {"url": "https://a.org/?p=13"}),
            ({"url": "https://a.org/"}, {"url": "https://a.org"}),
            ({"url": ""}, {"url": ""}),
        ],
    )
    def test_another_identifier_is_another_work(self, one: dict[str, str], other: dict[str, str]) -> None:
        """Nor does the front page of a site, which anybody may link, say anything."""
        assert len(groups(item(1, **one), item(2, "Other", **other))) == 2

    def test_works_found_to_be_one_are_merged_however_long_the_chain(self) -> None:
        """A post that names the paper, a paper with a DOI, and the journal that has only that."""
        paper = item(1, "arXiv", arxiv_id="2603.01234", url="https://arxiv.org/abs/2603.01234")
        journal = item(2, "Journal", doi="10.1000/xyz")
        post = item(3, "Post", url="https://post.example.org/a")
        bridge = item(4, "Bridge", arxiv_id="2603.01234", doi="10.1000/xyz")
        second_bridge = item(5, "Second", doi="10.1000/xyz", url="https://post.example.org/a")

        for order in ((paper, journal, post, bridge, second_bridge), (post, second_bridge, journal, paper, bridge)):
            assert len(groups(*order)) == 1

    def test_stored_works_are_merged_too(self) -> None:
        """The oldest name stays, and every stored name that goes is told."""
        paper, journal = item(1, "arXiv", arxiv_id="2603.01234"), item(2, "Journal", doi="10.1000/xyz")
        known_paper, texts_paper = stored("old", paper)
        known_journal, texts_journal = stored("young", journal)
        bridge = item(3, "Bridge", arxiv_id="2603.01234", doi="10.1000/xyz")

        found = together(bridge, known={**known_paper, **known_journal}, texts={**texts_paper, **texts_journal})

        assert found.works == {bridge.item_id: "old"}
        assert found.merged == {"young": "old"}


class TestTexts:
    def test_a_teaser_and_the_whole_text_are_one(self) -> None:
        """Found by their title, told by their texts."""
        whole = item(1, title="How hard should hard negatives be?", text=ESSAY + OTHER)
        teaser = item(2, "Aggregator", title="How hard should hard negatives be?", summary=" ".join(ESSAY.split()[:35]))

        assert len(groups(whole, teaser)) == 1
        assert len(groups(teaser, whole)) == 1

    def test_a_copy_under_another_title_is_one(self) -> None:
        """Found by its opening."""
        assert len(groups(item(1, summary=ESSAY), item(2, "Copy", summary=ESSAY + "Read more at our site."))) == 1

    def test_a_title_alone_does_where_there_is_no_text(self) -> None:
        """In two sources; links without a word of their own are common."""
        title = "How hard should hard negatives be?"

        assert len(groups(item(1, title=title, summary=""), item(2, "Links", title=title, summary="Comments"))) == 1

    def test_one_title_over_two_texts_is_two_works(self) -> None:
        """ "Introduction to retrieval systems" was written more than once."""
        title = "An introduction to retrieval systems"

        assert len(groups(item(1, title=title, summary=ESSAY), item(2, "Other", title=title, summary=OTHER))) == 2

    @pytest.mark.parametrize("title", ["Weekly links", "v2.1.0", ""])
    def test_a_short_title_says_nothing(self, title: str) -> None:
        """Unlike things share it."""
        assert len(groups(item(1, title=title, summary=""), item(2, "Other", title=title, summary=""))) == 2


class TestHabits:
    """Feeds that give all their entries one title or one address."""

    def test_a_constant_title(self) -> None:
        """Each week's is a work of its own, though there is hardly a text to compare."""
        title = "Machine learning links of the week"
        weeks = [item(number, title=title, summary=f"Links of week {number}") for number in range(6)]

        assert len(groups(*weeks)) == 6
        known, texts = stored("first", weeks[0])
        assert together(*weeks[1:], known=known, texts=texts).merged == {}
        assert "first" not in together(*weeks[1:], known=known, texts=texts).works.values()

    def test_a_constant_address(self) -> None:
        """All entries link to one page: within a visit, and from one visit to the next."""
        entries = [item(number, url="https://blog.example.org/news") for number in range(6)]

        assert len(groups(*entries)) == 6
        for before in (1, 3):
            known: dict[str, list[str]] = {}
            texts: dict[str, tuple[str, str, Sequence[str]]] = {}
            for number, entry in enumerate(entries[:before]):
                for key in keys_of(entry).all:
                    known.setdefault(key, []).append(f"work {number}")
                texts[f"work {number}"] = (entry.title, entry.body, [entry.source])

            later = together(*entries[before:], known=known, texts=texts)

            assert later.works == {one.item_id: one.item_id for one in entries[before:]}
            assert later.merged == {}

    def test_somebody_else_who_links_that_page_joins_none_of_them(self) -> None:
        """An address that stands for several works names no one of them."""
        entries = [item(number, url="https://blog.example.org/news") for number in range(3)]
        link = item(9, "Links", url="https://blog.example.org/news")

        assert len(groups(*entries, link)) == 4

    def test_an_entry_that_got_a_new_id_is_no_new_work(self) -> None:
        """Feeds change their ids; address and text stay."""
        old = item(1, title="How hard should hard negatives be?", summary=ESSAY)
        new = item(2, title="How hard should hard negatives be?", summary=ESSAY, url=old.url)
        short = [
            item(3, title="A title of some length", summary="few words"),
            item(4, title="A title of some length", summary="few words", url=item(3).url),
        ]

        assert len(groups(old, new)) == 1
        assert len(groups(*short)) == 1

    def test_thousands_of_entries_at_one_address_are_not_compared_with_one_another(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The work grows with their number, not with its square."""
        import digest.compose.deduplication as works

        compared = 0
        same_text = works.same_text

        def counted(one: works.ComparableText, other: works.ComparableText) -> bool:
            nonlocal compared
            compared += 1
            return same_text(one, other)

        monkeypatch.setattr(works, "same_text", counted)
        entries = [
            item(
                number,
                title="One title for all of them",
                url="https://blog.example.org/news",
                summary=f"{number} {OTHER}"[: 90 + number % 7],
            )
            for number in range(3000)
        ]

        together(*entries)

        assert compared < 30 * len(entries)


class TestAssignment:
    def test_every_item_has_a_work_and_a_new_one_is_named_after_its_first(self) -> None:
        """So that names are stable and need no counter."""
        first, same, other = item(1, arxiv_id="2603.01234"), item(2, "B", arxiv_id="2603.01234"), item(3)

        assert together(first, same, other).works == {
            first.item_id: first.item_id,
            same.item_id: first.item_id,
            other.item_id: other.item_id,
        }

    def test_a_known_work_takes_its_new_items(self) -> None:
        """What is stored comes first."""
        known, texts = stored("old", item(1, arxiv_id="2603.01234"))
        version = item(2, "Other", arxiv_id="2603.01234")

        assert together(version, known=known, texts=texts).works == {version.item_id: "old"}

    def test_nothing_new(self) -> None:
        """As in most visits."""
        assert together() == Assignment(works={}, merged={})


class TestRepositories:
    @pytest.mark.parametrize(
        "url",
        [
            "https://github.com/Someone/ColBERT",
            "https://www.github.com/someone/ColBERT/tree/main?tab=readme-ov-file#install",
        ],
    )
    def test_links_to_a_repository_are_about_it(self, url: str) -> None:
        """In any spelling of its front page."""
        assert "github:someone/colbert" in keys_of(make.item(url=url)).strong

    @pytest.mark.parametrize("path", ["releases/tag/v2", "issues/7", "blob/main/docs/guide.md"])
    def test_what_lies_inside_is_a_work_of_its_own(self, path: str) -> None:
        """A release is not the repository."""
        assert not any(
            key.startswith("github:")
            for key in keys_of(make.item(url=f"https://github.com/someone/colbert/{path}")).all
        )

    def test_a_paper_named_after_its_repository(self) -> None:
        """Its name and its link together tell; the code of others that it links to does not."""
        own = make.item(title="Col-BERT: late interaction", summary="Code: github.com/someone/ColBERT.")
        others = make.item(title="ColBERT: late interaction", summary="We build on github.com/someone/transformers.")
        short = make.item(title="RAG: again", summary="Code: github.com/someone/rag.")

        assert "github:someone/colbert" in keys_of(own).strong
        assert not any(key.startswith("github:") for key in keys_of(others).all + keys_of(short).all)
