"""Questions to the archive: SQL, search by words or meaning, and similar items."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from digest.arrays import Floats
from digest.config import Config
from digest.config.messages import did_you_mean
from digest.errors import DigestError, StoreError, UnknownWords
from digest.judge.embedding import load_model
from digest.store import lookup, named_queries, query, search, sources, sql_sandbox, vectors
from digest.store.archive import Connection
from digest.workflows.opening import opened
from digest.workflows.searching_notes import with_notes

#: A one-line error quotes no more than so many characters of a query.
_QUOTED = 60


def ask(config: Config, asked: str, *, wait: float, limits: sql_sandbox.QueryLimits) -> query.QueryResult:
    """Run the learner's SQL, or a query by its name."""
    sql, whose = _statement(config, asked), config.learner_id or None
    return query.ask(config.archive, sql, learner=whose, wait=wait, limits=limits, encode=_encoder(config))


def ask_for_parquet(config: Config, asked: str, output: Path, *, wait: float, limits: sql_sandbox.QueryLimits) -> int:
    """Write the result of the learner's SQL, or of a query by its name, to a Parquet file; returns the number of rows."""
    sql, whose, encode = _statement(config, asked), config.learner_id or None, _encoder(config)
    return query.copy_to_parquet(config.archive, sql, output, learner=whose, wait=wait, limits=limits, encode=encode)


def list_named_queries(config: Config) -> list[tuple[str, str]]:
    """Name and description of every named query."""
    own = [(name, "from sources.toml") for name in config.queries]
    return own + [
        (name, description) for name, (description, _) in named_queries.QUERIES.items() if name not in config.queries
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is looked for, ready to be asked of the archive."""

    #: "" where only the meaning counts
    words: str = ""
    #: the model's name and its vector of the words; None where only the words count
    vector: tuple[str, Floats] | None = None


def question(config: Config, words: str, mode: str) -> Question:
    """Make a question of some words; *mode* is "meaning", "words" or "both". UnknownWords if the model knows none."""
    if not words.strip():
        raise DigestError("there is nothing to look for: the words are empty")
    vector = None if mode == "words" else _vector(config, words, needed=mode == "meaning")
    return Question(words="" if mode == "meaning" else words, vector=vector)


def find(config: Config, words: str, wanted: search.Wanted, *, mode: str, wait: float) -> query.QueryResult:
    """The works that match some words; *mode* is "meaning", "words" or "both"."""
    asked = question(config, words, mode)
    with opened(config, wait=wait, read_only=True) as db:
        return with_notes(db, answer(db, config, asked, wanted), asked.words, asked.vector, wanted)


def answer(db: Connection, config: Config, asked: Question, wanted: search.Wanted) -> query.QueryResult:
    """The works that a question finds, with a note where not all texts can be found yet."""
    check_source(config, db, wanted.source)
    if asked.vector is None:
        return sql_sandbox.interruptibly(db, lambda: search.find(db, replace(wanted, words=asked.words)))
    model, vector = asked.vector
    _same_model(config, db, model)
    request = replace(wanted, words=asked.words, vector=vector)
    found = sql_sandbox.interruptibly(db, lambda: search.find(db, request))
    return replace(found, note=_embedding_note(db))


def find_similar(config: Config, typed: Sequence[str], wanted: search.Wanted, *, wait: float) -> query.QueryResult:
    """The works nearest in meaning to one item, or to the mean of several."""
    with opened(config, wait=wait, read_only=True) as db:
        meant = lookup.resolve_all(db, typed)
        check_source(config, db, wanted.source)
        found = sql_sandbox.interruptibly(db, lambda: search.similar(db, meant, wanted))
        return replace(found, note=_embedding_note(db))


def _embedding_note(db: Connection) -> str:
    """A warning while a new model has not embedded everything yet, or ""."""
    done, before = vectors.change_of_models(db)
    if done >= before:
        return ""
    return (
        f"the new model has embedded {done} texts so far, the one before had {before}: meaning finds only those; "
        "`digest search --mode words` finds all, and `digest rank` or `digest serve` goes on embedding"
    )


def _statement(config: Config, asked: str) -> str:
    sql = named_queries.statement(asked, config.queries)
    if asked in config.queries and re.fullmatch(r"[\w-]*", sql.strip()):
        raise DigestError(f"the query {asked!r} in sources.toml is no SQL: {sql!r}")
    if re.fullmatch(r"[\w-]+", sql.strip()):
        known = [name for name, _ in list_named_queries(config)]
        meant = did_you_mean(asked, known) or "; `digest query --list` shows those there are"
        raise DigestError(f"there is no query named {asked!r}{meant}")
    return sql


def _encoder(config: Config) -> sql_sandbox.Encode:
    """A function from words to the vector of the archive's model, which is loaded at the first call."""

    def encode(words: str, model: str) -> list[float]:
        embedder = load_model(config.embedding.model, folder=config.folder)
        if embedder.name != model:
            raise StoreError("was ranked with another model; `digest rank` brings it up to date")
        return [float(number) for number in embedder.encode([words])[0]]

    return encode


def _vector(config: Config, words: str, *, needed: bool) -> tuple[str, Floats] | None:
    """The model's name and its vector of *words*; None if it knows none of them and no vector is *needed*."""
    model = load_model(config.embedding.model, folder=config.folder)
    vector = model.encode([words])[0]
    if np.any(vector):
        return model.name, vector
    if needed:
        asked = words if len(words) <= _QUOTED else f"{words[:_QUOTED]}…"
        raise UnknownWords(f"the model knows no word of {asked!r}; --mode words looks for the words themselves")
    return None


def check_source(config: Config, db: Connection, source: str) -> None:
    """Refuse a source that neither is nor was one: what a former source brought can still be found."""
    names = [one.name for one in config.sources]
    if source and source not in names and not sources.known(db, source):
        raise DigestError(
            f"there is no source named {source!r}, in sources.toml or in the archive{did_you_mean(source, names)}"
        )


def _same_model(config: Config, db: Connection, model: str) -> None:
    current = vectors.current_model(db)
    if not current:
        raise StoreError(f"{config.archive}: nothing in it is embedded yet; `digest run` fetches and ranks")
    if current != model:
        raise StoreError(f"{config.archive}: was ranked with another model; `digest rank` brings it up to date")
