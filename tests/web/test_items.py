"""An item's page: its text, what became of it, and how it is judged now."""

import pytest
from starlette.testclient import TestClient

from digest.config import Config
from digest.records import MarkKind
from digest.store import archive, verdicts
from digest.workflows import feedback
from digest.workflows.browsing_items import paragraphs_of
from tests.homes import NOW


@pytest.fixture(name="kept")
def _kept(built: Config) -> str:
    with archive.open_archive(built.archive, read_only=True) as db:
        return next(one.item_id for one in verdicts.of_period(db, "2026-W47") if one.kept)


def change(config: Config, sql: str, *values: object) -> None:
    with archive.open_archive(config.archive) as db:
        db.execute(sql, list(values))


def test_the_evidence_is_readable(client: TestClient, kept: str) -> None:
    """The phrase of the focus that matched, the parts of the score in words, and the issue with its verdict."""
    page = client.get(f"/items/{kept}").text

    assert "Nearest of your focus" in page
    assert "near your statement" in page
    assert "how new it is" in page
    assert '<a href="/issues/2026-W47">Week 47 of 2026</a>' in page
    assert "by score)" in page


def test_marks_have_their_dates(client: TestClient, built: Config, kept: str) -> None:
    """In the learner's zone."""
    feedback.mark(built, [kept], [MarkKind.SAVE], NOW, wait=0)

    assert "Marked save on 20 November 2026." in client.get(f"/items/{kept}").text


def test_a_long_text_is_folded(client: TestClient, built: Config, kept: str) -> None:
    """Its beginning is shown, the rest on demand; a single endless line is bounded too."""
    change(
        built,
        "update core.items set body = ? where item_id = ?",
        "A paragraph of words. " * 30 + "\n\n" + "B" * 9000,
        kept,
    )
    page = client.get(f"/items/{kept}").text

    assert page.index("A paragraph of words.") < page.index("<summary>The whole text</summary>")
    assert "B" * 3000 in page


def test_links_to_what_comes_with_it(client: TestClient, built: Config, kept: str) -> None:
    """Code, PDF and discussion; what is no address for a browser is none."""
    change(
        built,
        "update core.items set arxiv_id = '2603.00001', body = 'Our code is at https://github.com/a/b.', "
        "discussion = 'javascript:alert(1)' where item_id = ?",
        kept,
    )
    page = client.get(f"/items/{kept}").text

    assert 'href="https://arxiv.org/pdf/2603.00001">PDF</a>' in page
    assert 'href="https://github.com/a/b">code</a>' in page
    assert "javascript:" not in page


def test_what_is_not_ranked_says_so(client: TestClient, built: Config, kept: str) -> None:
    """And what no issue considered."""
    change(built, "delete from core.scores")
    change(built, "delete from core.verdicts")
    page = client.get(f"/items/{kept}").text

    assert "It is not ranked yet" in page
    assert "No issue has considered it yet" in page


def test_an_unknown_item_is_not_found(client: TestClient) -> None:
    """Whatever was typed."""
    for typed in ("zzzzzzzzzz", "%00", "a/b", "https://x.example/"):
        assert client.get(f"/items/{typed}").status_code in (400, 404)


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("one\ntwo", ["one", "two"]),
        ("one\nstill one\n\ntwo\n \n\nthree", ["one still one", "two", "three"]),
        (" \n\n", []),
    ],
)
def test_paragraphs(text: str, paragraphs: list[str]) -> None:
    """Blank lines divide them where there are any."""
    assert paragraphs_of(text) == paragraphs
