"""A literature review over the archive: the works near a question, what each does for the reader, and its own words."""

import hashlib
import heapq
from datetime import datetime
from pathlib import Path

import numpy as np

from digest.arrays import Floats
from digest.compose.literature_review import NEAR, ReviewCandidate, choose_works, kind_of
from digest.config import Config, Focus, Project
from digest.deliver import files
from digest.judge.aspects import aspects
from digest.judge.embedding import BUNDLED, Embedder, load_model
from digest.judge.evidence import gather_evidence
from digest.judge.floor import baseline
from digest.judge.focus import FocusModel, encode_queries, read_focus
from digest.judge.reference_texts import REFERENCE_TEXTS
from digest.records import MarkKind, ProjectReview, ReviewedWork, WrapUp
from digest.render.project_page import project_file
from digest.store import marks as mark_rows
from digest.store import vectors
from digest.store import works as work_rows
from digest.store.archive import Connection
from digest.store.projects import ProjectRow

#: Items near the question that are read whole, of which the review's works are chosen.
_NEAREST = 200
#: Files that are tried beside one that the learner edited.
_BESIDE = 50


def review(db: Connection, project: Project, model: Embedder, now: datetime, *, asked_arxiv: bool) -> ProjectReview:
    """The review of a project's question, over all that *model* has embedded and the learner did not dislike."""
    chosen = choose_works(_candidates(db, project, model))
    found = vectors.of_items(db, model.name, model.dimensions, [one.item.item_id for one in chosen])
    words = _own_words(project, chosen, found, model)
    works = tuple(
        ReviewedWork(
            item_id=one.item.item_id,
            title=one.item.title,
            url=one.item.url,
            source=one.item.source,
            kind=one.kind,
            words=said,
            fit=round(one.fit, 2),
            published_at=one.item.published_at,
        )
        for one, said in zip(chosen, words, strict=True)
    )
    return ProjectReview(made_at=now, works=works, asked_arxiv=asked_arxiv)


def write(
    config: Config, row: ProjectRow, made: ProjectReview | None, wrapped: WrapUp | None
) -> tuple[str, str] | None:
    """Write a project's file and return its path in the folder of digests and a hash of its text; None without a place.

    A file that was edited since it was written is left alone, and the text goes into one beside it.
    """
    text = project_file(row.name, row.question, row.until, row.began_at, made, wrapped, zone=config.zone)
    fresh = _hash(text)
    if fresh == row.written:
        return row.path, fresh  # even if the learner removed it
    for number in range(1, _BESIDE):
        path = row.path if number == 1 else f"{row.path.removesuffix('.md')}-{number}.md"
        held = _text(config.digest_folder / path)
        if held is None or _hash(held) in (row.written, fresh):
            files.write(config.digest_folder / path, text)
            return path, fresh
    return None


def _candidates(db: Connection, project: Project, model: Embedder) -> list[ReviewCandidate]:
    asked = project.question or project.name
    parts = encode_queries(model, list(dict.fromkeys([*(part.embedded for part in aspects(asked)), asked])))
    usual = baseline(model.encode(REFERENCE_TEXTS), parts)
    near: list[tuple[float, str, int]] = []
    for some in vectors.slices(db, model.name, model.dimensions):
        scores = usual.z_scores(some.vectors @ parts.T)
        best, fits = scores.argmax(axis=1), scores.max(axis=1)
        close = np.flatnonzero(fits >= NEAR)
        found = [(float(fits[row]), some.item_ids[row], int(best[row])) for row in close]
        near = heapq.nlargest(_NEAREST, [*near, *found])
    disliked = {item_id for item_id, held in mark_rows.standing(db).items() if MarkKind.DISLIKE in held}
    fit = {item_id: (value, part) for value, item_id, part in near}
    candidates = []
    for work in work_rows.with_items(db, list(fit)):
        if not disliked.isdisjoint(item.item_id for item in work.items):
            continue
        item = max((one for one in work.items if one.item_id in fit), key=lambda one: fit[one.item_id])
        value, part = fit[item.item_id]
        one = ReviewCandidate(work_id=work.work_id, item=item, kind=kind_of(item), fit=value, part=part)
        candidates.append(one)
    return candidates


def _own_words(project: Project, chosen: list[ReviewCandidate], found: dict[str, Floats], model: Embedder) -> list[str]:
    """For each work the sentence of its own that says most on the question, or ""."""
    if not chosen:
        return []
    reader = model if model.name.startswith(BUNDLED) else load_model(BUNDLED, folder=Path())
    asked: FocusModel = read_focus(Focus(statement=project.question or project.name), model)
    rows = np.stack([found[one.item.item_id] for one in chosen])
    evidence = gather_evidence([one.item for one in chosen], rows, focus=asked, embedder=reader)
    return [
        "" if told.sentence == one.item.title else told.sentence for told, one in zip(evidence, chosen, strict=True)
    ]


def _text(path: Path) -> str | None:
    """The text of a file; None where there is none, "" where it cannot be read as text."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        return ""


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]
