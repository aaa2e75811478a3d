"""Polls that led to another shard's hosts, on their way to its owner.

handoffs/ROUND/pass=1/from=007/to=012-KEY.json    for the pass of that number; the key is of the source's name
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from digest.cluster.dataset import Dataset, DatasetError, key
from digest.fetch import handed_polls
from digest.fetch.request_steps import Poll

FOLDER = "handoffs"


def stamp(moment: datetime) -> str:
    """How names say which round of fetching they belong to."""
    return f"{moment:%Y%m%dT%H%M%S%f}"


def write(dataset: Dataset, poll: Poll, *, moment: datetime, number: int, sender: int, receiver: int) -> None:
    """Hand a poll over to the pass *number*; doing it twice leaves one file."""
    name = f"{_folder(moment, number)}/from={sender:03}/to={receiver:03}-{key(poll.source.name)}.json"
    dataset.publish_bytes(name, handed_polls.dump(poll))


def written(dataset: Dataset, *, moment: datetime, number: int, sender: int) -> set[str]:
    """The keys of the sources that a shard has handed over to the pass *number*."""
    names = dataset.files(f"{_folder(moment, number)}/from={sender:03}", ".json")
    return {name.rpartition("-")[2].removesuffix(".json") for name in names}


def by_receiver(dataset: Dataset, *, moment: datetime, number: int) -> dict[int, tuple[str, ...]]:
    """The files of a pass by the shard that they are for."""
    found: dict[int, list[str]] = defaultdict(list)
    for name in dataset.files(_folder(moment, number), ".json"):
        last = name.rpartition("/")[2]
        found[int(last.removeprefix("to=").partition("-")[0])].append(name)
    return {shard: tuple(names) for shard, names in sorted(found.items())}


def read(dataset: Dataset, names: Iterable[str]) -> list[Poll]:
    """The polls of some files; DatasetError where one is damaged."""
    polls = []
    for name in names:
        try:
            polls.append(handed_polls.load(dataset.read(name)))
        except ValueError as error:
            raise DatasetError(f"{dataset.address}: {name} is damaged") from error
    return polls


def _folder(moment: datetime, number: int) -> str:
    return f"{FOLDER}/{stamp(moment)}/pass={number}"
