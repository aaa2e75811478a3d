"""Which picks of an issue are close to what the learner noted."""

from collections.abc import Mapping

from digest.compose.candidates import Candidate
from digest.compose.close_notes import NotedPassage, close_notes
from digest.records import Noted
from digest.store import items
from digest.store import notes as note_rows
from digest.store.archive import Connection
from digest.workflows.candidates import JudgedPeriod, centred_rows


def noted_of(db: Connection, judged: JudgedPeriod, chosen: list[Candidate]) -> Mapping[str, Noted]:
    """By item id, the note that a pick is close to."""
    embedded = note_rows.embedded(db, judged.ranked.model.name)
    if not embedded or not chosen:
        return {}
    about = {
        item_id: (work_id, title or "", url or "")
        for item_id, work_id, title, url in items.columns_of(
            db, sorted({one.item_id for one in embedded}), "work_id, title, url"
        )
    }
    known = [one for one in embedded if one.item_id in about]
    passages = [
        NotedPassage(
            item_id=one.item_id,
            work_id=about[one.item_id][0],
            title=about[one.item_id][1],
            url=about[one.item_id][2],
            text=one.text,
        )
        for one in known
    ]
    with_vectors = [one for one in chosen if one.item.item_id in judged.vectors]
    rows = centred_rows(judged.ranked, [judged.vectors[one.item.item_id] for one in with_vectors])
    works = {one.item.item_id: one.work.work_id for one in with_vectors}
    return close_notes(works, rows, passages, centred_rows(judged.ranked, [one.vector for one in known]))
