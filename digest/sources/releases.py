"""The kind "releases": the releases of a GitHub repository, titled with its name and not just "v2.1.0"."""

from dataclasses import replace

from digest.records import Item
from digest.sources.document import FeedEntry
from digest.sources.feed import FeedKind
from digest.sources.identifiers import github_repository_in


def with_repository_name(item: Item, entry: FeedEntry) -> Item:
    """Put the repository's name before a title that lacks it."""
    repository = github_repository_in(item.url)
    name = repository.rpartition("/")[2]
    if not name or name in item.title.lower():
        return item
    return replace(item, title=f"{name} {item.title}".strip())


RELEASES = FeedKind("releases", with_repository_name)
