"""Questions about the archive: SQL, what is near some words or an item, and which item was meant."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from digest.arrays import Floats
from digest.config import Config
from digest.config.messages import did_you_mean
from digest.errors import DigestError, StoreError
from digest.judge.embedding import load_model
from digest.sources.identifiers import arxiv_id_in, canonical_url
from digest.store import archive, items, named_queries, query, search, sources, sql_sandbox, vectors
from digest.store import works as work_rows
from digest.store.archive import Connection

#: More letters of what was asked do not belong into a message of one line.
_QUOTED = 60


def ask(config: Config, asked: str, *, wait: float, limits: sql_sandbox.QueryLimits) -> query.QueryResult:
    """Run the learner's SQL, or the query of that name."""
    return query.ask(config.archive, _statement(config, asked), wait=wait, limits=limits, encode=_encoder(config))


def ask_for_parquet(config: Config, asked: str, output: Path, *, wait: float, limits: sql_sandbox.QueryLimits) -> int:
    """Write what the learner's SQL, or the query of that name, finds to a Parquet file; returns how many rows."""
    sql = _statement(config, asked)
    return query.copy_to_parquet(config.archive, sql, output, wait=wait, limits=limits, encode=_encoder(config))


def list_named_queries(config: Config) -> list[tuple[str, str]]:
    """Name and meaning of every query that can be asked for by name."""
    own = [(name, "from sources.toml") for name in config.queries]
    return own + [(name, told) for name, (told, _) in named_queries.QUERIES.items() if name not in config.queries]


def find(config: Config, words: str, wanted: search.Wanted, *, mode: str, wait: float) -> query.QueryResult:
    """The works that fit some words by "meaning", by the "words" themselves, or by "both"."""
    if not words.strip():
        raise DigestError("there is nothing to look for: the words are empty")
    vector = None if mode == "words" else _vector(config, words, needed=mode == "meaning")
    with archive.open_archive(config.archive, wait=wait, read_only=True) as db:
        _check_source(config, db, wanted.source)
        if vector is not None:
            _same_model(config, db, vector[0])
        looked_for = replace(
            wanted, words="" if mode == "meaning" else words, vector=vector[1] if vector is not None else None
        )
        found = sql_sandbox.interruptibly(db, lambda: search.find(db, looked_for))
        return replace(found, note=_half_embedded(db) if vector is not None else "")


def find_similar(config: Config, typed: Sequence[str], wanted: search.Wanted, *, wait: float) -> query.QueryResult:
    """The works nearest in meaning to one item, or to the mean of several."""
    with archive.open_archive(config.archive, wait=wait, read_only=True) as db:
        meant = resolve_all(db, typed)
        _check_source(config, db, wanted.source)
        found = sql_sandbox.interruptibly(db, lambda: search.similar(db, meant, wanted))
        return replace(found, note=_half_embedded(db))


def _half_embedded(db: Connection) -> str:
    """A line for the time between a change of models and the end of embedding everything again; else ""."""
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
    """Turns words into vectors of the archive's model; the model is loaded when the first words come."""

    def encode(words: str, model: str) -> list[float]:
        embedder = load_model(config.embedding.model, folder=config.folder)
        if embedder.name != model:
            raise StoreError("was ranked with another model; `digest rank` brings it up to date")
        return [float(number) for number in embedder.encode([words])[0]]

    return encode


def _vector(config: Config, words: str, *, needed: bool) -> tuple[str, Floats] | None:
    """The model's name and what it makes of *words*; None where it knows none of them and none is needed."""
    model = load_model(config.embedding.model, folder=config.folder)
    vector = model.encode([words])[0]
    if np.any(vector):
        return model.name, vector
    if needed:
        asked = words if len(words) <= _QUOTED else f"{words[:_QUOTED]}…"
        raise DigestError(f"the model knows no word of {asked!r}; --mode words looks for the words themselves")
    return None


def _check_source(config: Config, db: Connection, source: str) -> None:
    """Refuse a source that neither is nor was one: what a former source brought can still be found."""
    names = [one.name for one in config.sources]
    if source and source not in names and not sources.known(db, source):
        raise DigestError(
            f"there is no source named {source!r}, in sources.toml or in the archive{did_you_mean(source, names)}"
        )


def _same_model(config: Config, db: Connection, model: str) -> None:
    if vectors.current_model(db) != model:
        raise StoreError(f"{config.archive}: was ranked with another model; `digest rank` brings it up to date")


def resolve(db: Connection, typed: str) -> str:
    """The item that was meant: by its id or enough of its first letters, its arXiv id, or its address."""
    given = typed.strip()
    found = items.find(db, given.lower()) if given else []
    if len(found) > 1 and given.lower() not in found:
        raise DigestError(f"{typed!r} could be {', '.join(found)}")
    if found:
        return found[0]
    arxiv_id = arxiv_id_in(given)
    address = canonical_url(given if "://" in given else f"https://{given}") if "/" in given else ""
    if item_id := _known_as(db, arxiv_id, address):
        return item_id
    what = f"with the arXiv id {arxiv_id}" if arxiv_id else f"at {address}" if address else repr(typed)
    raise DigestError(f"there is no item {what}")


def resolve_all(db: Connection, typed: Sequence[str]) -> list[str]:
    """The items that were meant, each once; one that there is not refuses all."""
    return list(dict.fromkeys(resolve(db, one) for one in typed))


def _known_as(db: Connection, arxiv_id: str, address: str) -> str:
    """The item with that arXiv id or address, else the one that stands for their work; "" where there is none."""
    keys = [f"arxiv:{arxiv_id}"] if arxiv_id else [f"url:{address}"] if address else []
    works = [work_id for found in work_rows.by_key(db, keys).values() for work_id in found[:1]] if keys else []
    shown = list(work_rows.first_items(db, works).values())
    members = work_rows.with_items(db, shown)[0].items if shown else ()
    own = [
        one.item_id
        for one in sorted(members, key=lambda one: one.kind != "arxiv")
        if (arxiv_id and one.arxiv_id == arxiv_id) or (address and canonical_url(one.url) == address)
    ]
    return next(iter([*own, *shown]), "")
