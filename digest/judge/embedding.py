"""Embedding models, which turn texts into unit vectors; `load_model` opens any of them.

The bundled model and any other static sentence-transformers folder need numpy alone; every other model goes
through sentence-transformers, which is imported only then. Nothing here writes to disk.
"""

import logging
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

from digest.arrays import Floats
from digest.config import expanded
from digest.errors import ModelError

_log = logging.getLogger(__name__)

BUNDLED, NO_RERANKER = "bundled", "none"
BUNDLED_FOLDER = Path(__file__).parent.parent / "bundled" / "model"
RERANKER_FOLDER = BUNDLED_FOLDER.parent / "reranker"

#: Characters of a text that are embedded: about 256 tokens of English, as the bundled model was trained on and as
#: most transformers read. More of a long post blurs its vector.
HEAD = 2_000
#: How often the title is repeated: it is the author's own summary. Three times raised average precision on
#: simulated learners by 2 %, more did not.
TITLE_WEIGHT = 3


class Embedder(Protocol):
    """Anything that turns texts into vectors."""

    @property
    def name(self) -> str:
        """Unique to these weights: vectors of two models are never mixed."""
        ...

    @property
    def dimensions(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> Floats:
        """Vectors [len(texts), dimensions], rows L2-normalised; a text without words is a zero row."""
        ...


def embedding_text(title: str, body: str, *, title_weight: int = TITLE_WEIGHT) -> str:
    """What is embedded of an item: its title, *title_weight* times, and the head of its body."""
    title = " ".join(title[:HEAD].split())
    titles = "\n".join([title] * title_weight)
    head = body[:HEAD]
    if len(body) > HEAD:  # not half a word
        head = head.rpartition(" ")[0] or head
    return f"{titles}\n{head}".strip() if head.strip() else title


def load_model(name: str, *, folder: Path, device: str = "cpu") -> Embedder:
    """Open the model *name*: "bundled", a folder (relative to *folder*), or a name on a model hub.

    A transformer runs on *device*; "best" is a GPU where this process has one.
    Raises ModelError where there is none, or where its files or libraries are missing or damaged.
    """
    from digest.judge.static_embedder import is_static, read_static

    if name == BUNDLED:
        return _bundled()
    path = folder / expanded(name, "[embedding] model")
    if path.is_dir():
        if is_static(path):
            return read_static(path, label=path.name)
        return _load_transformer(path.name, path, device)
    if _looks_like_a_path(name):
        raise ModelError(f"embedding model {name!r}: there is no such folder ({path.absolute()})")
    return _load_transformer(name, name, device)


def name_of_model(name: str, *, folder: Path) -> tuple[str, bool]:
    """The name that the model *name* has once it is opened, and whether it is static; a transformer stays closed.

    Raises ModelError as `load_model` does, as far as can be said without opening it.
    """
    from digest.judge.static_embedder import StaticEmbedder, is_static
    from digest.judge.transformer_embedder import name_of_transformer

    path = folder / expanded(name, "[embedding] model")
    if name == BUNDLED or is_static(path) or (_looks_like_a_path(name) and not path.is_dir()):
        model = load_model(name, folder=folder)
        return model.name, isinstance(model, StaticEmbedder)
    return (name_of_transformer(path.name, path) if path.is_dir() else name_of_transformer(name, name)), False


def load_reranker(name: str, *, folder: Path) -> Embedder | None:
    """Open the reranker: "bundled", "none" for none, or any that `load_model` opens.

    None also where the bundled one cannot run on this machine. Raises ModelError as `load_model` does.
    """
    if name == NO_RERANKER:
        return None
    return _bundled_reranker() if name == BUNDLED else load_model(name, folder=folder)


def title_weight(model: Embedder) -> int:
    """How often *model* wants a title repeated in `embedding_text`."""
    return int(getattr(model, "title_weight", TITLE_WEIGHT))


@cache
def _bundled_reranker() -> Embedder | None:
    """The bundled reranker, read once per process; None where onnxruntime has no build for this machine."""
    from digest.judge.onnx_embedder import read_onnx

    try:
        import onnxruntime  # noqa: F401
    except ImportError:
        _log.warning("onnxruntime cannot be used on this machine: works are ranked without the reranker")
        return None
    return read_onnx(RERANKER_FOLDER, label="reranker")


@cache
def _bundled() -> Embedder:
    """The bundled model, read once per process: a replay asks for it for every issue, `serve` at every tick."""
    from digest.judge.static_embedder import read_static

    return read_static(BUNDLED_FOLDER, label=BUNDLED)


def forget_models() -> None:
    """Let go of the bundled models, 50 MB and more, until they are asked for again."""
    _bundled.cache_clear()
    _bundled_reranker.cache_clear()


def _load_transformer(label: str, source: str | Path, device: str) -> Embedder:
    from digest.judge.transformer_embedder import load_transformer

    return load_transformer(label, source, device=device)


def _looks_like_a_path(name: str) -> bool:
    """Whether *name* can only be a folder: on a hub it is "name" or "owner/name"."""
    return name.startswith((".", "/", "~")) or name.count("/") > 1 or "\\" in name or not name.strip()
