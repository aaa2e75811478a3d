"""What addresses tell of what lies there."""

import pytest

from digest.render.references.addresses import kind_at, owner_at, publisher_at, version_at
from digest.render.references.reference import ReferenceKind


@pytest.mark.parametrize(
    ("url", "kind", "publisher"),
    [
        ("https://www.youtube.com/watch?v=1", ReferenceKind.VIDEO, "YouTube"),
        ("https://youtu.be/1", ReferenceKind.VIDEO, "YouTube"),
        ("https://slideslive.com/1", ReferenceKind.TALK, "SlidesLive"),
        ("https://old.reddit.com/r/rust/comments/1/", ReferenceKind.FORUM_POST, "r/rust"),
        ("https://news.ycombinator.com/item?id=1", ReferenceKind.FORUM_POST, "Hacker News"),
        ("https://openreview.net/forum?id=1", ReferenceKind.PREPRINT, "OpenReview"),
        ("https://aclanthology.org/2024.acl-long.1/", ReferenceKind.CONFERENCE_PAPER, "ACL Anthology"),
        ("https://jmlr.org/papers/v1/1.html", ReferenceKind.ARTICLE, "Journal of Machine Learning Research"),
        ("https://github.com/owner/name", ReferenceKind.SOFTWARE, "GitHub"),
        ("https://github.com/owner/name/releases/tag/v1", ReferenceKind.SOFTWARE, "GitHub"),
        ("https://github.com/owner/name/blob/main/notes.md", None, "GitHub"),
        ("https://github.com/features/copilot", None, "GitHub"),
        ("https://huggingface.co/datasets/owner/name", ReferenceKind.DATASET, "Hugging Face"),
        ("https://huggingface.co/blog/x", None, "Hugging Face"),
        ("https://www.example.org/", None, "example.org"),
        ("", None, ""),
    ],
)
def test_kind_and_publisher(url: str, kind: ReferenceKind | None, publisher: str) -> None:
    """Of known sites their kind and name, of others the host."""
    assert (kind_at(url), publisher_at(url)) == (kind, publisher)


@pytest.mark.parametrize(
    ("url", "owner", "version"),
    [
        ("https://github.com/owner/name", "owner", ""),
        ("https://github.com/owner/name/releases/tag/v1.2-rc%2B1", "owner", "1.2-rc+1"),
        ("https://github.com/owner/name/releases/tag/vllm", "owner", "vllm"),
        ("https://gitlab.com/owner/name/-/releases/2.0", "owner", "2.0"),
        ("https://huggingface.co/datasets/owner/name", "owner", ""),
        ("https://huggingface.co/datasets/squad", "", ""),
        ("https://example.org/releases/tag/v1", "", ""),
    ],
)
def test_owner_and_version(url: str, owner: str, version: str) -> None:
    """Of repositories, data sets and releases."""
    assert (owner_at(url), version_at(url)) == (owner, version)
