"""Embedding models: texts become unit vectors.

`load_model` is the one door. The bundled model and any other static sentence-transformers folder
are read with numpy alone; everything else goes through sentence-transformers, imported only then.
This module never scores anything and never writes to disk.
"""

import logging
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from digest.errors import ModelError

Floats = NDArray[np.float32]

_log = logging.getLogger(__name__)

BUNDLED, NO_RERANKER = "bundled", "none"
BUNDLED_FOLDER = Path(__file__).parent.parent / "bundled" / "model"
RERANKER_FOLDER = BUNDLED_FOLDER.parent / "reranker"

#: Characters of a text that are worth reading: about 256 tokens of English, which is what the bundled
#: model was trained on and what most transformers read at all; more of a long post blurs its vector.
HEAD = 2_000
#: How often the title is said: it is the author's own summary. Three times lifted average precision on
#: simulated learners by 2 %, more did not.
TITLE_WEIGHT = 3


class Embedder(Protocol):
    """Anything that turns texts into vectors."""

    @property
    def name(self) -> str:
        """Names these very weights: vectors of two models are never mixed."""
        ...

    @property
    def dimensions(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> Floats:
        """Vectors [len(texts), dimensions], rows L2-normalised; a text without words is a zero row."""
        ...


def embedding_text(title: str, body: str, *, title_weight: int = TITLE_WEIGHT) -> str:
    """What is embedded of an item: its title and the head of its body, whatever their length."""
    title = " ".join(title[:HEAD].split())
    said = "\n".join([title] * title_weight)
    head = body[:HEAD]
    if len(body) > HEAD:  # not half a word
        head = head.rpartition(" ")[0] or head
    return f"{said}\n{head}".strip() if head.strip() else title


def load_model(name: str, *, folder: Path) -> Embedder:
    """Open the model *name*: "bundled", a folder (relative to *folder*), or a model hub's name."""
    from digest.judge.static_embedder import is_static, read_static

    if name == BUNDLED:
        return _bundled()
    path = folder / Path(name).expanduser()
    if path.is_dir():
        if is_static(path):
            return read_static(path, label=path.name)
        return _load_transformer(path.name, path)
    if _looks_like_a_path(name):
        raise ModelError(f"embedding model {name!r}: there is no such folder ({path.absolute()})")
    return _load_transformer(name, name)


def load_reranker(name: str, *, folder: Path) -> Embedder | None:
    """Open the model that reads the best again: "bundled", "none" for none, or any that `load_model` opens."""
    if name == NO_RERANKER:
        return None
    return _bundled_reranker() if name == BUNDLED else load_model(name, folder=folder)


def title_weight(model: Embedder) -> int:
    """How often *model* wants a text's title said."""
    return int(getattr(model, "title_weight", TITLE_WEIGHT))


@cache
def _bundled_reranker() -> Embedder | None:
    """The reranker of the package, read once a process; None where onnxruntime has no build for this machine."""
    from digest.judge.onnx_embedder import read_onnx

    try:
        import onnxruntime  # noqa: F401
    except ImportError:
        _log.warning("onnxruntime cannot be used on this machine: works are ranked without the reranker")
        return None
    return read_onnx(RERANKER_FOLDER, label="reranker")


@cache
def _bundled() -> Embedder:
    """The model of the package, read once a process: a replay asks for it for every issue, `serve` at every tick."""
    from digest.judge.static_embedder import read_static

    return read_static(BUNDLED_FOLDER, label=BUNDLED)


def _load_transformer(label: str, source: str | Path) -> Embedder:
    from digest.judge.transformer_embedder import load_transformer

    return load_transformer(label, source)


def _looks_like_a_path(name: str) -> bool:
    """A hub's name is "name" or "owner/name"; anything else can only be meant as a folder."""
    return name.startswith((".", "/", "~")) or name.count("/") > 1 or "\\" in name or not name.strip()
