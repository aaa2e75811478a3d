"""Any sentence-transformers model, by name or folder; torch is imported here and nowhere else.

Nothing here writes to disk (the library keeps its own cache of models that it downloads by name).
"""

import hashlib
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from digest.arrays import Floats, normalised
from digest.errors import ModelError, first_line

#: Enough to distinguish two sets of weights without reading gigabytes at every start.
_HASHED_BYTES = 1 << 20
_WEIGHT_FILES = ("*.safetensors", "pytorch_model*.bin", "*/*.safetensors", "*/pytorch_model*.bin")


class TransformerEmbedder:
    """A sentence-transformers model behind the Embedder protocol."""

    def __init__(self, name: str, model: Any, dimensions: int) -> None:  # noqa: ANN401 - the library has no types
        self.name = name
        self.dimensions = dimensions
        self._model = model

    def encode(self, texts: Sequence[str]) -> Floats:
        """Vectors [len(texts), dimensions], rows L2-normalised; a text without words is a zero row."""
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        filled = [i for i, text in enumerate(texts) if text.strip()]
        if filled:
            words = [texts[i].encode("utf-8", "ignore").decode() for i in filled]
            vectors[filled] = self._model.encode(words, convert_to_numpy=True, show_progress_bar=False)
        return normalised(vectors)


def load_transformer(label: str, source: str | Path, *, device: str = "cpu") -> TransformerEmbedder:
    """Open a model by hub name or from a folder, on the "best" device or this one; raises ModelError whatever goes wrong."""
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise ModelError(
            f'embedding model {label!r} needs sentence-transformers: pip install "mldigest[transformers]"'
        ) from error
    if isinstance(source, Path) and not (source / "modules.json").exists() and not (source / "config.json").exists():
        raise ModelError(
            f"embedding model {label!r}: {source} is no sentence-transformers folder (modules.json is missing)"
        )
    _progress_bars_only_on_terminals()
    try:
        model = SentenceTransformer(str(source), device=None if device == "best" else device, trust_remote_code=False)
        dimensions = int(model.encode(["words"], show_progress_bar=False).shape[1])
    except Exception as error:  # anything the library and its many formats may raise
        raise ModelError(f"embedding model {label!r} cannot be opened: {first_line(error)}") from error
    return TransformerEmbedder(name_of_transformer(label, source), model, dimensions)


def _progress_bars_only_on_terminals() -> None:
    if not sys.stderr.isatty():
        bars: Any = importlib.import_module("transformers.utils.logging")  # typed only in part
        bars.disable_progress_bar()


def name_of_transformer(label: str, source: str | Path) -> str:
    """The label, with a hash of the weights where they are at hand."""
    return f"{label}-{_fingerprint(source)[:8]}" if isinstance(source, Path) else label


def _fingerprint(folder: Path) -> str:
    """A hash over size, head and tail of every file of weights."""
    digest = hashlib.sha256()
    for path in sorted({p for pattern in _WEIGHT_FILES for p in folder.glob(pattern)}):
        size = path.stat().st_size
        digest.update(f"{path.name}:{size};".encode())
        with path.open("rb") as file:
            digest.update(file.read(_HASHED_BYTES))
            file.seek(max(0, size - _HASHED_BYTES))
            digest.update(file.read(_HASHED_BYTES))
    return digest.hexdigest()
