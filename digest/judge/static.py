"""Static embedding models, read without torch: a tokenizer, one table of vectors, and their mean.

The folder is sentence-transformers' own layout (StaticEmbedding), so that
`SentenceTransformer(folder)` opens the very same model. Never writes to disk.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from digest.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Floats = NDArray[np.float32]

#: Texts a batch: large enough for the tokenizer's threads, small enough that a batch of
#: gathered token vectors (256 tokens, 256 dimensions, 4 bytes) stays near 64 MB.
BATCH = 256
#: A text is cut to this many characters for each token that can be read, before it is tokenized:
#: a megabyte costs no more than an abstract. Words are shorter than this save for rubbish.
CHARACTERS_PER_TOKEN = 16
#: Where the tokenizer itself sets no limit.
DEFAULT_TOKENS = 512

_WEIGHT_NAMES = ("embedding.weight", "embeddings")


class StaticEmbedder:
    """Mean of token vectors, L2-normalised."""

    def __init__(self, name: str, tokenizer: "Tokenizer", table: NDArray[np.floating]) -> None:
        self.name = name
        self.dimensions = int(table.shape[1])
        self._tokenizer = tokenizer
        self._table = table
        limit = tokenizer.truncation["max_length"] if tokenizer.truncation else DEFAULT_TOKENS
        self._characters = CHARACTERS_PER_TOKEN * limit

    def encode(self, texts: Sequence[str]) -> Floats:
        """Vectors [len(texts), dimensions], rows L2-normalised; a text without words is a zero row."""
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        start = 0
        for tokens in self._tokenized(texts):
            vectors[start : start + len(tokens)] = self._mean(tokens)
            start += len(tokens)
        return normalised(vectors)

    def _tokenized(self, texts: Sequence[str]) -> Iterator[list[list[int]]]:
        """Token ids batch by batch; the next batch is tokenized while the last one is averaged."""
        starts = range(0, len(texts), BATCH)
        with ThreadPoolExecutor(1) as ahead:
            pending = [ahead.submit(self._tokens, texts[s : s + BATCH]) for s in starts[:1]]
            for s in starts:
                following = s + BATCH
                batch = pending.pop()
                if following < len(texts):
                    pending.append(ahead.submit(self._tokens, texts[following : following + BATCH]))
                yield batch.result()

    def _tokens(self, texts: Sequence[str]) -> list[list[int]]:
        cut = [_clean(text[: self._characters]) for text in texts]
        return [e.ids for e in self._tokenizer.encode_batch_fast(cut, add_special_tokens=False)]

    def _mean(self, tokens: list[list[int]]) -> Floats:
        """Mean token vector of each text [len(tokens), dimensions]; zero where there are no tokens."""
        means = np.zeros((len(tokens), self.dimensions), np.float32)
        lengths = np.fromiter(map(len, tokens), np.int64, len(tokens))
        filled = lengths > 0
        if filled.any():
            flat = np.concatenate([np.asarray(t, np.int32) for t in tokens if t])
            starts = np.concatenate(([0], np.cumsum(lengths[filled])[:-1]))
            gathered = self._table[flat].astype(np.float32, copy=False)
            means[filled] = np.add.reduceat(gathered, starts) / lengths[filled, None]
        return means


def normalised(vectors: Floats) -> Floats:
    """Rows at length 1; zero rows and rows that are not finite become zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    good = np.isfinite(lengths) & (lengths > 1e-12)
    return np.where(good, vectors / np.where(good, lengths, 1), 0).astype(np.float32, copy=False)


def is_static(folder: Path) -> bool:
    """Whether *folder* holds a static sentence-transformers model."""
    return _static_part(folder) is not None


def read_static(folder: Path, *, label: str) -> StaticEmbedder:
    """Read a static model; its name is *label* and a hash of its weights."""
    part = _static_part(folder)
    if part is None:
        raise ModelError(f"embedding model {label!r}: {folder} is no static sentence-transformers folder")
    tokenizer = _read_tokenizer(part / "tokenizer.json", label)
    table, digest = _read_table(part / "model.safetensors", label)
    if tokenizer.get_vocab_size() > len(table):
        raise ModelError(
            f"embedding model {label!r}: its tokenizer knows {tokenizer.get_vocab_size()} tokens "
            f"but {part / 'model.safetensors'} has vectors for {len(table)}"
        )
    return StaticEmbedder(f"{label}-{digest[:8]}", tokenizer, table)


def _static_part(folder: Path) -> Path | None:
    """The folder of the StaticEmbedding module, as modules.json says."""
    try:
        modules = json.loads((folder / "modules.json").read_bytes())
        first = modules[0]
        if first["type"].endswith(".StaticEmbedding"):
            return folder / first["path"]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        pass
    return None


def _read_tokenizer(path: Path, label: str) -> "Tokenizer":
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises bare Exception for whatever is wrong
        problem = "is missing" if not path.exists() else "is damaged"
        raise ModelError(f"embedding model {label!r}: {path} {problem}") from error
    tokenizer.no_padding()
    return tokenizer


def _read_table(path: Path, label: str) -> tuple[NDArray[np.floating], str]:
    """The table of token vectors [tokens, dimensions] and the hash of its file."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        content = path.read_bytes()
        tensors = load(content)
    except OSError as error:
        raise ModelError(f"embedding model {label!r}: {path} cannot be read: {error.strerror}") from error
    except (SafetensorError, ValueError) as error:
        raise ModelError(f"embedding model {label!r}: {path} is damaged or was only half downloaded") from error
    table = next((tensors[name] for name in _WEIGHT_NAMES if name in tensors), None)
    if table is None or table.ndim != 2 or not np.issubdtype(table.dtype, np.floating):
        raise ModelError(f"embedding model {label!r}: {path} holds no table of token vectors")
    return table, hashlib.sha256(content).hexdigest()


def _clean(text: str) -> str:
    """Without lone surrogates, which Python strings may hold and UTF-8 may not."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
