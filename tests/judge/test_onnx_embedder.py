"""The bundled reranker, and what happens without it."""

import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from digest.errors import ModelError
from digest.judge import embedding as models
from digest.judge.embedding import RERANKER_FOLDER, Embedder, load_reranker, title_weight
from digest.judge.onnx_embedder import read_onnx


@pytest.fixture(scope="module")
def reranker() -> Embedder:
    found = load_reranker("bundled", folder=Path())
    assert found is not None
    return found


def test_its_vectors_are_of_length_one_and_in_the_order_of_the_texts(reranker: Embedder) -> None:
    """A text without words is a zero row."""
    texts = ["Speculative decoding " * 40, "", "graph databases", "  \n", "Speculative decoding"]

    vectors = reranker.encode(texts)

    assert vectors.shape == (5, reranker.dimensions)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0, 1, 0, 1], abs=1e-5)
    assert vectors[0] @ vectors[4] > vectors[0] @ vectors[2] + 0.2


def test_a_vector_does_not_depend_on_its_neighbours(reranker: Embedder) -> None:
    """The same text has the same vector alone, beside a long one, and at every time."""
    alone = reranker.encode(["sparse retrieval"])[0]
    beside = reranker.encode(["a long text about streaming joins " * 30, "sparse retrieval"])[1]

    assert np.array_equal(alone, beside)


def test_a_statement_is_read_for_its_subject(reranker: Embedder) -> None:
    """What somebody says of themselves hardly moves the statement away from the subject, nor toward the noise."""
    told, subject, noise = reranker.encode(
        [
            "I live in Porto with two cats, have worked in a bank for nine years and write Java at work; "
            "what I would love to get into is quantization of language models.",
            "quantization of language models",
            "Java development in banking",
        ]
    )

    assert told @ subject > told @ noise + 0.2


def test_any_text_has_a_finite_vector(reranker: Embedder) -> None:
    """Lone surrogates, control characters and a megabyte of one letter among them."""
    vectors = reranker.encode(["\ud800 broken", "\x00\x07", "a" * 1_000_000, "漢字かな交じり文"])

    assert np.isfinite(vectors).all()


def test_it_wants_a_title_once(reranker: Embedder, bundled: Embedder) -> None:
    assert title_weight(reranker) == 1 < title_weight(bundled)


def test_a_damaged_model_is_named(tmp_path: Path) -> None:
    """One line that says which file's folder, and no traceback of the library."""
    shutil.copy(RERANKER_FOLDER / "tokenizer.json", tmp_path)
    (tmp_path / "model.onnx").write_bytes(b"not a model")

    with pytest.raises(ModelError, match=r"reranker.*missing or damaged") as caught:
        read_onnx(tmp_path, label="reranker")
    assert "\n" not in str(caught.value)


def test_without_onnxruntime_works_are_ranked_all_the_same(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A machine for which it has no build goes without the reranker, and the log says so."""
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    models._bundled_reranker.cache_clear()
    try:
        with caplog.at_level(logging.WARNING):
            assert load_reranker("bundled", folder=Path()) is None
        assert "without the reranker" in caplog.text
    finally:
        models._bundled_reranker.cache_clear()


def test_none_is_none() -> None:
    assert load_reranker("none", folder=Path()) is None


def test_it_reports_to_nobody(tmp_path: Path) -> None:
    """onnxruntime's own telemetry is off: it leaves no device id and no queue of events in the home folder."""
    code = "from pathlib import Path; from digest.judge.embedding import load_reranker; load_reranker('bundled', folder=Path()).encode(['a'])"
    quiet = {"CI", "ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME"}  # these would hide what the library does by itself
    environment = {name: value for name, value in os.environ.items() if name not in quiet} | {"HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)

    assert list(tmp_path.rglob("*")) == []
