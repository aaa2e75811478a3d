"""Texts with a side, letter or envelope, for training and judging the lean classifier."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
from learners import held_out
from model_recipe import Recipe

from digest.judge.embedding import embedding_text


@dataclass(frozen=True)
class Labelled:
    """Items of lists and blogs with a side."""

    texts: list[str]
    sides: np.ndarray
    groups: np.ndarray
    kinds: np.ndarray  # "paper", "entry" or "post"


def _columns(found: list[tuple[str, str, str, str]]) -> Labelled:
    """Text, side, group and kind of every item, column by column."""
    texts, sides, groups, kinds = zip(*found, strict=True)
    return Labelled(list(texts), np.array([side == "envelope" for side in sides]), np.array(groups), np.array(kinds))


def labelled_items(data: Path) -> Labelled:
    """Every labelled item with what a feed would show of it: title and abstract, blurb or text."""
    rows = listed_rows(data)
    found = [
        (
            embedding_text(cleaned(title), abstract or cleaned(blurb if blurb != title else "")),
            label,
            name,
            "paper" if abstract else "entry",
        )
        for name, _, _, title, blurb, abstract, label in rows
        if label
    ]
    found += [
        (embedding_text(title or "", text or ""), label, source, "post")
        for source, title, text, label in duckdb.connect().execute(POSTS.format(data=data)).fetchall()
        if label
    ]
    return _columns(found)


_LINKS = re.compile(
    r"https?://\S+|\[(?:paper|code|pdf|github|project|blog|link|website)[^\]]*\]|\b(?:intro|arxiv|github|paper|code|slides|pdf):",
    re.IGNORECASE,
)


def cleaned(text: str | None) -> str:
    """Without the link furniture of lists, which would give the list away."""
    return re.sub(r"\s+", " ", _LINKS.sub(" ", text or "")).strip(" -–|.,")


#: arXiv's own sides, as far as a paper's first category tells: systems that carry models, and models.
ENVELOPE_CATEGORIES = ("cs.DC", "cs.DB", "cs.PF", "cs.AR", "cs.OS", "cs.NI", "cs.SE")
LETTER_CATEGORIES = ("cs.CV", "cs.CL", "cs.LG", "cs.NE", "stat.ML", "cs.RO", "cs.SD", "cs.GT", "cs.DS")


#: A paper's title names what the envelope is made of ...
_ENVELOPE_TITLE = re.compile(
    r"text-to-sql|text2sql|nl2sql|\bsql\b|data (?:curation|cleaning|lake|pipeline|warehouse|governance|preparation"
    r"|discovery|integration|management|deduplication|selection)|data quality|schema matching|entity (?:resolution|matching)"
    r"|aiops|root cause|incident|log (?:parsing|anomaly|analysis)|observability|microservice|kubernetes|serverless|\bcloud\b"
    r"|autoscal|(?:model|llm|query|request|prompt|expert model) routing|llm router|router for|cascad\w+ (?:of )?(?:llm|language)"
    r"|inference (?:serving|engine|system)|(?:model|llm|agent) serving|serving (?:system|large|llm|of)|latency|throughput"
    r"|goodput|\bslo\b|gpu|cuda|triton|compiler|tensor program|fault[- ]toleran|checkpointing"
    r"|(?:pipeline|tensor|data|expert|sequence) parallel|distributed training|collective communication|all-?reduce|rdma|fpga"
    r"|on-device|edge (?:device|deploy|inference)|mobile device|mlops|llmops|agentops"
    r"|agent (?:operations|infrastructure|orchestration|runtime|protocol|deployment)|feature store|experiment tracking|ci/cd"
    r"|devops|deployment|in production|vector (?:database|search)|nearest neighbor search|query optimi[sz]|database|workload"
    r"|schedul|data ?cent(?:er|re)|energy consumption|a/b test|drift detection|technical debt|workflow|multi-tenant|offload"
    r"|kv cache (?:management|transfer|offload)|model context protocol|tool server|sandbox|spot instance|cost-efficient",
    re.IGNORECASE,
)
_NOT_ENVELOPE = re.compile(r"segmentation|medical|clinical|robot|speech|video gen", re.IGNORECASE)
#: ... and its abstract speaks of systems, so often, or hardly at all.
_SYSTEMS = re.compile(
    r"\b(?:system|deploy|serv|latency|throughput|production|pipeline|infrastructure|cluster|gpu|cost|scal|workload"
    r"|database|sql|engineer|operation|monitor|hardware|memory)\w*",
    re.IGNORECASE,
)
_OFTEN, _HARDLY = 5, 1


def told_by_titles(data: Path, recipe: Recipe) -> list[tuple[str, str, str]]:
    """Title, abstract and side of papers whose own words leave no doubt (weak supervision).

    Labels of lists say little of today's envelope: data curation, text-to-SQL, routing, agent operations.
    """
    found, taken = list[tuple[str, str, str]](), Counter[str]()
    for first, title, abstract, others in duckdb.connect().execute(_CATEGORIES.format(data=data)).fetchall():
        systems = sum(c in ENVELOPE_CATEGORIES for c in re.split(r"[ ,;]+", others))
        words = len(_SYSTEMS.findall(abstract))
        named = _ENVELOPE_TITLE.search(title) and not _NOT_ENVELOPE.search(title)
        if named and (systems or words >= _OFTEN):
            side = "envelope"
        elif not _ENVELOPE_TITLE.search(title) and not systems and words <= _HARDLY and first in LETTER_CATEGORIES:
            side = "letter"
        else:
            continue
        if taken[side] < recipe.lean_titled:
            taken[side] += 1
            found.append((title, abstract, side))
    return found


def lean_views(data: Path, recipe: Recipe) -> Labelled:
    """Labelled texts to learn sides from, in every length a feed may show: titles, blurbs, abstracts, passages.

    Lists that are held out are left out; papers of telling arXiv categories and telling titles are added.
    """
    found: list[tuple[str, str, str, str]] = []
    for name, _, _, title, blurb, abstract, label in listed_rows(data):
        if label and not held_out(name):
            title, blurb = cleaned(title), cleaned(blurb)
            rest = blurb.replace(title, "").strip(" -–:.,")
            texts = [title, embedding_text(title, blurb if blurb != title else ""), rest if len(rest) > 40 else ""]
            texts += [embedding_text(title, abstract), abstract] if abstract else []
            found += [(text, label, name, "list") for text in texts if text]
    for source, title, text, label in duckdb.connect().execute(POSTS.format(data=data)).fetchall():
        if label and not held_out(source):
            passages = [p for p in (text or "").split("\n\n") if len(p) > 200][:12:3]
            found += [(view, label, source, "post") for view in (title, embedding_text(title, text or ""), *passages)]
    taken = Counter[str]()
    for first, title, abstract, others in duckdb.connect().execute(_CATEGORIES.format(data=data)).fetchall():
        label = "envelope" if first in ENVELOPE_CATEGORIES else "letter"
        mixed = label == "letter" and any(c in ENVELOPE_CATEGORIES for c in re.split(r"[ ,;]+", others))
        if first in ENVELOPE_CATEGORIES + LETTER_CATEGORIES and not mixed and taken[first] < recipe.lean_papers:
            taken[first] += 1
            found += [(view, label, first, "paper") for view in (title, embedding_text(title, abstract))]
    for title, abstract, label in told_by_titles(data, recipe):
        found += [
            (view, label, f"titles of the {label}", "paper")
            for view in (title, embedding_text(title, abstract), abstract)
        ]
    return _columns(found)


def item_weights(items: Labelled, rows: np.ndarray) -> np.ndarray:
    """Long lists do not drown short ones, and both sides weigh the same."""
    _, group, counts = np.unique(items.groups[rows], return_inverse=True, return_counts=True)
    weight = 1 / np.sqrt(counts[group])
    for side in (True, False):
        own = items.sides[rows] == side
        weight[own] *= len(rows) / 2 / weight[own].sum()
    return weight.astype(np.float32)


def listed_rows(data: Path) -> list[tuple[str, ...]]:
    return [
        row
        for file in ("curated", "curated_modern")
        for row in duckdb.connect().execute(_LISTED.format(data=data, file=file)).fetchall()
    ]


_LISTED = """
    select c.list, c.list_description, c.section, c.title, c.blurb, p.abstract, c.label
    from '{data}/{file}.parquet' c left join (
        select arxiv_id, any_value(abstract) as abstract from '{data}/papers.parquet'
        where arxiv_id is not null group by arxiv_id
    ) p on p.arxiv_id = c.arxiv_id
    where c.title is not null order by all
"""
_CATEGORIES = """
    select split_part(replace(categories, ',', ' '), ' ', 1) as first, title, abstract, categories
    from '{data}/papers.parquet' where categories is not null and length(abstract) > 100 order by md5(id)
"""
POSTS = "select source, title, text, label from '{data}/blogs.parquet' where title is not null order by all"
