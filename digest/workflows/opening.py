"""Opening a configuration's archive: for its learner, so that no step can forget whose rows it reads and writes."""

from collections.abc import Iterator
from contextlib import contextmanager

from digest.config import Config
from digest.store import archive, learners
from digest.store.archive import Connection


def bring_up_to_date(config: Config, *, wait: float) -> None:
    """Migrate an archive of an earlier version, or of other learners, for what begins by reading; ArchiveBusy if held."""
    if config.archive.exists():
        with opened(config, wait=wait):
            pass


@contextmanager
def opened(config: Config, *, wait: float = 10.0, read_only: bool = False) -> Iterator[Connection]:
    """The archive for the configuration's learner; for everybody, to read, where it is `Config.for_everybody`.

    An opening for writing first settles whose rows are whose, if sources.toml has other learners than before.
    Raises what `store.archive.open_archive` raises.
    """
    whose = config.learner_id or None
    assert whose or read_only, "what is written belongs to somebody"
    with archive.open_archive(config.archive, learner=whose, wait=wait, read_only=read_only) as db:
        if not read_only:
            learners.settle(db, config.learner_names)
        yield db
