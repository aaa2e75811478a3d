"""What every promised column holds: for docs/views.md, and as comments inside the archive itself."""

VIEWS: dict[str, dict[str, str]] = {
    "sources": {
        "source": "its name in sources.toml",
        "kind": "feed, arxiv, page, newsletter, youtube, podcast, releases, hackernews or reddit",
        "url": "the address requested now, after discovery and permanent redirects",
        "active": "whether sources.toml still names it",
        "last_success": "when it last answered without an error",
        "last_error": "what was wrong at the last visit; null when all was well",
        "failures": "failed visits in a row",
        "next_check": "when it is due again; null when it is gone for good",
        "interval_minutes": "from its last visit to the next; follows how often it publishes, or fails",
        "seen": "items ever fetched from it",
        "kept": "of these, how many stood in a digest",
        "marked": "of these, how many the learner marked",
    },
    "fetches": {
        "source": "which source was visited",
        "started_at": "when",
        "status": "HTTP status of the last answer; 0 when there was none",
        "outcome": "new, unchanged, not_modified, error or skipped",
        "new_items": "items that were not in the archive before",
        "bytes": "what came over the wire",
        "milliseconds": "how long the visit took, waiting included",
        "conditional": "whether validators were sent",
        "error": "what went wrong, in words",
    },
    "items": {
        "item_id": "short public name, as in `digest why ITEM`",
        "work_id": "the work it belongs to",
        "source": "where it came from",
        "kind": "the kind of its source",
        "url": "its address; empty where the source gives none",
        "title": "plain text",
        "authors": "a list of names",
        "summary": "what the source shows of it, plain text",
        "published_at": "when its source says it was published; null where unknown",
        "first_seen_at": "when it was first fetched",
        "arxiv_id": "without version; null where there is none",
        "words": "words of its text as far as the source gives it",
        "backfill": "history from a source's first fetch: searchable, never news",
        "doi": "null where there is none",
        "tags": "arXiv's categories, primary first, or the feed's",
        "seconds": "playing time; 0 for reading matter",
        "discussion": "where it is talked about, as on Hacker News; null where that is not another place",
        "extras": "what comes with it: code, data, talk",
        "body": "the whole text where the source gives it, else the summary",
    },
    "works": {
        "work_id": "the first item's id",
        "title": "the first item's title",
        "item_count": "how many items are this work",
        "sources": "where it was seen, a list",
        "first_seen_at": "when the first of its items was fetched",
    },
    "scores": {
        "item_id": "the item",
        "relevance": "all that the focus and the marks say, in standard deviations above an arbitrary text",
        "lean": "probability of envelope against letter",
        "score": "relevance with freshness, source trust and penalties: the order of the digest",
        "parts": "a map of named contributions that add up to the score",
        "learner": "whose",
    },
    "verdicts": {
        "period": "the issue, as 2026-W47",
        "item_id": "the item that stood for the work",
        "kept": "whether it is in the digest",
        "rank": "its place by score among the period's works",
        "score": "as it was then",
        "section": "letter, envelope or stretch; null where it was not kept",
        "reason": "why it was kept, or what kept it out",
        "work_id": "the work",
        "learner": "whose",
    },
    "picks": {
        "period": "the issue",
        "section": "letter, envelope or stretch",
        "rank": "place by score",
        "title": "of the item that stood for the work",
        "url": "its address",
        "source": "its source",
        "authors": "a list of names",
        "published_at": "null where unknown",
        "reason": "why it was kept",
        "score": "as it was then",
        "lean": "under the current model",
        "words": "of its text",
        "item_id": "the item",
        "work_id": "the work",
        "arxiv_id": "null where there is none",
        "learner": "whose",
    },
    "issues": {
        "period": "its name: the ISO week or day before it ended",
        "starts_at": "the end of the issue before",
        "ends_at": "what came later belongs to the next issue",
        "built_at": "when it was put together",
        "seen": "works considered",
        "kept": "works kept",
        "path": "its Markdown file",
        "learner": "whose",
    },
    "deliveries": {
        "period": "the issue",
        "channel": "markdown, html or email",
        "recipient": "a file or an address",
        "state": "pending, sent, unknown or failed",
        "attempted_at": "when it was last tried",
        "delivered_at": "null until it was",
        "message_id": "of the mail",
        "error": "what went wrong, in words",
        "learner": "whose",
    },
    "marks": {
        "item_id": "the item",
        "mark": "like, dislike, save or read, as long as it holds",
        "marked_at": "when",
        "origin": "where the mark came from: command, page, mcp, markdown, mail, import or teach",
        "learner": "whose",
        "batch": "the import or lesson it came with; null for a mark given alone",
    },
    "marks_all": {
        "item_id": "the item",
        "mark": "like, dislike, save or read; 'not like' and so on take one back, 'none' takes all back",
        "marked_at": "when",
        "origin": "where the mark came from: command, page, mcp, markdown, mail, import or teach",
        "learner": "whose",
        "batch": "the import or lesson it came with; null for a mark given alone",
        "undone_at": "when its batch was undone; null while it counts",
    },
    "projects": {
        "project": "the project; another question makes another one",
        "name": "from sources.toml",
        "question": "from sources.toml; empty where there is none",
        "until": "its last day; null where it has none",
        "began_at": "when it was first seen in sources.toml",
        "asked_at": "when arXiv answered for its literature review; null before",
        "review_period": "the issue that showed its literature review; null before",
        "wrap_up_period": "the issue that showed what became of it; null before",
        "path": "its file, relative to the folder of digests",
        "learner": "whose",
    },
    "milestones": {
        "project": "the project",
        "milestone": "what was reached, in the learner's words",
        "reached_at": "when it was recorded",
        "learner": "whose",
    },
    "group_turns": {
        "reading_group": "the group's name in small letters, digits and hyphens, after an @",
        "period": "the group's issue",
        "ends_at": "when it was chosen",
        "item_id": "the paper",
        "work_id": "its work, which the group never reads again",
        "title": "plain text",
        "url": "its address",
        "presenter": "the learner whose turn it is",
        "skipped": "a list of learners who were to present and did not",
        "members": "a list of the learners in the group at the time",
    },
    "embeddings": {
        "item_id": "the item",
        "model": "the current model, weights included",
        "vector": "FLOAT[n] of the current model, of length 1, for array_cosine_similarity",
    },
    "embeddings_all": {
        "item_id": "the item",
        "model": "any model that ever embedded it",
        "vector": "FLOAT[]",
    },
}


#: Every client has these except `search`, which needs the model and is there inside `digest query`.
MACROS: dict[str, str] = {
    "search_words('kv cache', count_shown := 20)": "the works that BM25 ranks highest for these words",
    "similar_to('item_id', count_shown := 20)": "the works nearest in meaning to an item, without its own",
    "search('kv cache', count_shown := 20)": "by meaning and words together; inside `digest query` only",
}


def as_markdown() -> str:
    """The views, column by column, and the macros, as docs/views.md shows them."""
    blocks = []
    for view, columns in VIEWS.items():
        rows = [f"| `{name}` | {meaning} |" for name, meaning in columns.items()]
        blocks.append("\n".join([f"## `{view}`", "", "| column | what it holds |", "|---|---|", *rows]))
    rows = [f"| `{call}` | {meaning} |" for call, meaning in MACROS.items()]
    head = "Table macros return `item_id, similarity, title, source, published_at, url`, one row per work, best first."
    return "\n\n".join(
        [*blocks, "\n".join(["## Macros", "", head, "", "| macro | what it finds |", "|---|---|", *rows])]
    )
