"""One question to arXiv's API: the papers nearest to a few words, in a single answer."""

from collections.abc import Sequence
from itertools import combinations
from urllib.parse import urlencode

from digest.records import Request
from digest.sources.arxiv import API

#: Papers in the answer.
RESULTS = 60


def search_request(words: Sequence[str], *, base_url: str = "") -> Request:
    """A request for the papers that say at least two of the words, or the only one; *base_url* as in sources.toml.

    It names no first result, so that no further page is asked for.
    """
    every = [f'all:"{word}"' if "-" in word else f"all:{word}" for word in words]
    terms = [f"({one} AND {other})" for one, other in combinations(every, 2)] or every
    parameters = {
        "search_query": " OR ".join(terms),
        "sortBy": "relevance",
        "sortOrder": "descending",
        "max_results": RESULTS,
    }
    return Request(url=f"{(base_url or API).rstrip('/')}/api/query?{urlencode(parameters)}")
