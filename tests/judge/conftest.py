"""The bundled model, opened once for all tests of the judge."""

from pathlib import Path

import pytest

from digest.judge.embedding import BUNDLED, Embedder, load_model


@pytest.fixture(scope="session")
def bundled() -> Embedder:
    return load_model(BUNDLED, folder=Path())
