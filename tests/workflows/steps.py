"""Two pairs of steps that most tests take together."""

from collections.abc import Sequence
from datetime import datetime

from digest.config import Config
from digest.judge.embedding import load_model
from digest.workflows import embedding, fetching, ingesting, ranking
from digest.workflows.ingesting import RoundResult
from digest.workflows.ranking import Ranked


def fetch_and_ingest(config: Config, now: datetime, *, names: Sequence[str] = (), wait: float = 10.0) -> RoundResult:
    fetched = fetching.fetch(config, now, names=names, wait=wait)
    return ingesting.ingest_fetched(config, fetched, wait=wait)


def embed_and_rank(config: Config, now: datetime, *, wait: float = 10.0) -> Ranked:
    model = load_model(config.embedding.model, folder=config.folder)
    embedding.embed(config, model, now, wait=wait)
    return ranking.rank(config, model, now, wait=wait)
