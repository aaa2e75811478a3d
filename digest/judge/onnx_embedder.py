"""The bundled reranker: a small transformer as an int8 ONNX file, run by onnxruntime without torch.

A bi-encoder (six layers, 384 dimensions) trained on learners' own words against the works on their lists
(`scripts/train_reranker`). Texts and queries share its weights, and cosine compares their vectors.
onnxruntime is imported only when a model is opened.
"""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from digest.arrays import Floats, normalised
from digest.errors import ModelError, first_line

# onnxruntime's wheels report every run to their maker unless this is set before the import. Nothing leaves this machine.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

#: Tokens of a text that are read: title and half an abstract, as in training. Twice as many take twice the time.
TOKENS = 128
#: Characters that surely fill these tokens; the tokenizer gets no more.
_CHARACTERS = 12 * TOKENS

MODEL_FILE, TOKENIZER_FILE = "model.onnx", "tokenizer.json"


class OnnxEmbedder:
    """A transformer with mean pooling behind the Embedder protocol."""

    #: It was trained on texts with their title once.
    title_weight = 1
    #: It was trained on statements as people write them, with all they say about themselves.
    reads_statements = True

    def __init__(self, name: str, tokenizer: Any, session: Any) -> None:  # noqa: ANN401 - both libraries lack types
        self.name = name
        self.dimensions = int(session.get_outputs()[0].shape[-1])
        self._tokenizer = tokenizer
        self._session = session

    def encode(self, texts: Sequence[str]) -> Floats:
        """Vectors [len(texts), dimensions], rows L2-normalised; a text without words is a zero row.

        Each text runs alone: the scale of eight-bit activations depends on the whole batch, and a text's vector
        must not depend on its neighbours. This costs a quarter of the speed.
        """
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in enumerate(texts):
            if text.strip():
                vectors[row] = self._run(text)
        return normalised(vectors)

    def _run(self, text: str) -> Floats:
        encoded = self._tokenizer.encode(text[:_CHARACTERS].encode("utf-8", "ignore").decode())
        inputs = {
            "input_ids": np.array([encoded.ids], np.int64),
            "attention_mask": np.array([encoded.attention_mask], np.int64),
        }
        found: Floats = self._session.run(None, inputs)[0][0]
        return found


def read_onnx(folder: Path, *, label: str) -> OnnxEmbedder:
    """Open the model in *folder*; its name is *label* and a hash of its weights.

    Raises ModelError where onnxruntime is missing or a file is damaged.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise ModelError(f"model {label!r} needs onnxruntime: pip install onnxruntime") from error
    from tokenizers import Tokenizer

    try:
        content = (folder / MODEL_FILE).read_bytes()
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = _processors()
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # both libraries raise exceptions of their native code
        raise ModelError(f"model {label!r} in {folder} is missing or damaged: {first_line(error)}") from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(TOKENS)
    return OnnxEmbedder(f"{label}-{hashlib.sha256(content).hexdigest()[:8]}", tokenizer, session)


def _processors() -> int:
    """Processors this process may use; a container may have fewer than the machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
