"""What the columns of a dataset's files hold, for those who read them with DuckDB, Polars or pyarrow. Times are UTC."""

from digest.store.documentation import VIEWS

_ITEM = (
    *("item_id", "work_id", "source", "kind", "url", "title", "authors", "summary", "body", "published_at"),
    *("first_seen_at", "arxiv_id", "doi", "tags", "seconds", "discussion", "words", "backfill", "extras"),
)

#: Meaning by column by kind of file; a partition such as week= is a column too.
COLUMNS: dict[str, dict[str, str]] = {
    "items/week=*/*.parquet": {name: VIEWS["items"][name] for name in _ITEM}
    | {
        "entry_id": "what its source calls it",
        "text_hash": "64 bits of the text that is embedded",
        "events": "when it takes place, a list of structs as in the view `events`; null where it is no event",
        "week": "the ISO week of first_seen_at, in UTC",
    },
    "vectors/model=*/week=*/*.parquet": {
        "item_id": "the item; rows are in the order of the file of items",
        "vector": "of unit length; all zeros for a text without words the model knows",
        "lean": "probability of envelope against letter",
        "model": "the embedding model, with a hash of its weights",
        "week": "as of the items",
    },
    "learners.parquet": {
        "learner": "the id under which the archive keeps their rows",
        "name": "as in sources.toml",
        "settings": "their own tables of sources.toml as JSON, without what is as it is by default",
        "marks": "the marks that hold, a list of structs: item_id, mark, marked_at, origin",
        "issues": "the last eight issues, newest first, a list of structs: period, starts_at, ends_at",
    },
    "sources/shard=*/*.parquet": {
        "name": "the source's name in sources.toml",
        "source": "its settings as JSON",
        "state": "what is remembered of its last visit as JSON; null before the first",
        "shard": "which of the shards asks its host",
    },
}


def as_markdown() -> str:
    """A table for each kind of file."""
    tables = []
    for files, columns in COLUMNS.items():
        rows = [f"| `{name}` | {meaning} |" for name, meaning in columns.items()]
        tables.append("\n".join([f"### `{files}`", "", "| column | what it holds |", "|---|---|", *rows]))
    return "\n\n".join(tables)
