"""What the tests of the cluster share."""

from pathlib import Path

import pytest

from digest.judge.embedding import Embedder, load_model


@pytest.fixture(scope="session")
def bundled() -> Embedder:
    """The bundled model, read once."""
    return load_model("bundled", folder=Path())
