"""The story, top to bottom; it decides nothing.

    sources.toml | plan visits | fetch | spool       what the world said, safe on disk
    spool | parse | assign works | store             every entry once
    replies | read marks | store                     what the learner answered, each once
    store | embed | judge | store                    every item scored under the focus
    store | pick | compose | store                   one issue a period, every verdict with its reason
    issue | render | deliver                         written where the learner reads

Each line is a module of `stages`. The archive is opened late and closed early: it is never
open while the network is asked or a model works.
"""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from digest.config import Config
from digest.config import Digest as DigestSettings
from digest.config import Store as StoreSettings
from digest.records import Issue
from digest.store import snapshot, spool
from digest.workflows import building, delivering, fetching, focus_report, mail_feedback, ranking
from digest.workflows.delivering import Delivered
from digest.workflows.ingesting import IngestedRound
from digest.workflows.mail_feedback import MailFeedback

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """What one run came to."""

    round: IngestedRound
    #: what came by mail
    heard: MailFeedback = mail_feedback.NOTHING
    issue: Issue | None = None
    delivered: tuple[Delivered, ...] = ()
    #: when the next issue is due, where none was written
    next_issue: datetime | None = None
    #: whether the model knew any word of the focus
    understood: bool = True
    #: what is wanting in the focus, while there is no issue yet to say so, or ""
    thin: str = ""


def run(
    config: Config, now: datetime, *, end_period: bool = False, wait: float = 10.0, progress: Progress = lambda *_: None
) -> RunResult:
    """Do everything once: fetch what is due, rank, and when an issue is due build and deliver it.

    *end_period* ends the running period now, due or not. While another process holds the
    archive, only fetching is done.
    """
    fetched = fetching.fetch(config, now, wait=wait, progress=_named(progress, "fetching"))
    if fetched.waiting:
        return RunResult(round=fetched)
    heard = mail_feedback.collect_mail_feedback(config, now, wait=wait)
    ranked = ranking.rank(config, now, wait=wait, progress=_named(progress, "embedding"))
    thin = focus_report.first_remark(config, now, wait=wait)
    issue, due = None, building.next_due(config, now, wait=wait)
    if end_period:
        issue = building.build(config, ranked, now, wait=wait)
    elif due <= now:
        issue = building.build_due(config, ranked, now, wait=wait)
    delivered = delivering.deliver_pending(config, now, wait=wait)
    return RunResult(
        round=fetched,
        heard=heard,
        issue=issue,
        delivered=tuple(delivered),
        next_issue=None if issue else due,
        understood=ranked.focus.understood,
        thin=thin,
    )


def rehearse(config: Config, now: datetime, *, wait: float = 10.0, progress: Progress = lambda *_: None) -> RunResult:
    """What `run` would bring now, done on a copy of the archive that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="digest-rehearsal-") as folder:
        copy = Path(folder) / config.archive.name
        if config.archive.exists():
            snapshot.copy(config.archive, Path(folder), wait=wait)
        waiting = spool.folder_for(config.archive)
        if waiting.is_dir():
            shutil.copytree(waiting, spool.folder_for(copy))
        elsewhere = {
            "email": None,
            "store": StoreSettings(path=str(copy)),
            "digest": DigestSettings(**(config.digest.model_dump() | {"directory": str(Path(folder) / "digests")})),
        }
        return run(config.model_copy(update=elsewhere), now, end_period=True, wait=wait, progress=progress)


def _named(progress: Progress, stage: str) -> Callable[[int, int], None]:
    return lambda done, total: progress(stage, done, total)
