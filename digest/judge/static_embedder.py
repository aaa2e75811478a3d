"""Static embedding models without torch: a tokenizer, one table of token vectors, and their mean.

The folder has sentence-transformers' own layout (StaticEmbedding), so that `SentenceTransformer(folder)` opens
the same model. Nothing here writes to disk.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from itertools import chain, filterfalse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from digest.arrays import Floats, normalised
from digest.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

#: Texts per batch: their new words are tokenized together, on every core.
BATCH = 512
#: Words whose tokens are cached, some 30 MB; beyond that the cache starts again.
MAX_CACHED_WORDS = 150_000
#: Before it is tokenized a text is cut to this many characters for each token that the model reads, so that a
#: megabyte costs no more than an abstract. Only rubbish has longer words.
CHARACTERS_PER_TOKEN = 16
#: Tokens of a text, where the tokenizer sets no limit.
DEFAULT_TOKENS = 512

#: A BERT tokenizer splits at white space and at ASCII punctuation.
_PIECE = re.compile(r"[^\s!-/:-@\[-`{-~]+|[!-/:-@\[-`{-~]")

_WEIGHT_NAMES = ("embedding.weight", "embeddings")
#: The term weights of queries, beside the vectors; not every model has them.
_QUERY_WEIGHTS = "query_weights.safetensors"


class StaticEmbedder:
    """Mean of token vectors, L2-normalised.

    *query_weights* [tokens] are term weights for queries: high for "quantization", low for "team". They were
    learned from learners' statements (`scripts/train_reranker`).
    """

    def __init__(
        self,
        name: str,
        tokenizer: "Tokenizer",
        table: NDArray[np.floating],
        query_weights: NDArray[np.floating] | None = None,
    ) -> None:
        self.name = name
        self.dimensions = int(table.shape[1])
        #: [tokens, dimensions]
        self.table = table.astype(np.float32, copy=False)
        self._words = _TokenCache(tokenizer)
        self._query_weights = None if query_weights is None else query_weights.astype(np.float32)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Vectors [len(texts), dimensions], rows L2-normalised; a text without words is a zero row."""
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        ones = np.ones(self._words.limit, np.float32)
        for start in range(0, len(texts), BATCH):
            for row, ids in enumerate(self._words.ids(texts[start : start + BATCH]), start):
                if len(ids):  # the sum as a product: ten times as fast as reduceat
                    vectors[row] = ones[: len(ids)] @ self.table.take(ids, axis=0)
        return normalised(vectors)

    @property
    def reads_statements(self) -> bool:
        """Whether it has term weights for queries."""
        return self._query_weights is not None

    def token_ids(self, texts: Sequence[str]) -> list[NDArray[np.int32]]:
        """The token ids of each text, as far as the model reads it."""
        return self._words.ids(texts)

    def encode_queries(self, texts: Sequence[str]) -> Floats:
        """Vectors [len(texts), dimensions] of a learner's own words: means by term weight, or as `encode` without them."""
        if self._query_weights is None:
            return self.encode(texts)
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for row, ids in enumerate(self._words.ids(texts)):
            if len(ids):
                vectors[row] = self._query_weights.take(ids) @ self.table.take(ids, axis=0)
        return normalised(vectors)


class _TokenCache:
    """Token ids of texts, by a cache of words.

    A BERT tokenizer splits at white space before anything else, so a text's tokens are those of its words in
    order. The library tokenizes each new word once; looking up the others is several times as fast as
    tokenizing whole texts on every core. Other tokenizers get whole texts.
    """

    def __init__(self, tokenizer: "Tokenizer") -> None:
        from tokenizers.pre_tokenizers import BertPreTokenizer

        self.limit = int(tokenizer.truncation["max_length"]) if tokenizer.truncation else DEFAULT_TOKENS
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self._tokenizer = tokenizer
        self._by_word = isinstance(tokenizer.pre_tokenizer, BertPreTokenizer)
        # Most words are a token themselves and need no tokenizer. The ids are kept as bytes (int32), which join
        # fastest.
        vocabulary = tokenizer.get_vocab().items() if self._by_word else ()
        self._tokens = {word: _packed([i]) for word, i in vocabulary if word.isascii() and word.isalnum()}
        self._known = dict(self._tokens)

    def ids(self, texts: Sequence[str]) -> list[NDArray[np.int32]]:
        """The token ids of each text, at most `limit` of them."""
        cut = [text[: CHARACTERS_PER_TOKEN * self.limit] for text in texts]
        if not self._by_word:
            return [np.array(ids[: self.limit], np.int32) for ids in self._tokenized(cut)]
        split = [_PIECE.findall(text.lower()) for text in cut]
        known = self._knowing(split).__getitem__
        return [np.frombuffer(b"".join(map(known, words)), np.int32)[: self.limit] for words in split]

    def _knowing(self, split: Sequence[Sequence[str]]) -> dict[str, bytes]:
        """A cache that holds all of these words.

        Another thread may start the cache again at any time, so a caller looks words up in the one it was given;
        no word ever leaves a cache.
        """
        known = self._known
        new = _unknown(known, split)
        if len(known) + len(new) > MAX_CACHED_WORDS:
            self._known = known = dict(self._tokens)
            new = _unknown(known, split)
        known.update(zip(new, map(_packed, self._tokenized(new)), strict=True))
        return known

    def _tokenized(self, texts: Sequence[str]) -> list[list[int]]:
        encoded = self._tokenizer.encode_batch_fast([_clean(text) for text in texts], add_special_tokens=False)
        return [e.ids for e in encoded]


def _unknown(known: Mapping[str, bytes], split: Sequence[Sequence[str]]) -> list[str]:
    return sorted(set(filterfalse(known.__contains__, chain.from_iterable(split))))


def _packed(ids: Sequence[int]) -> bytes:
    return np.array(ids, np.int32).tobytes()


def is_static(folder: Path) -> bool:
    """Whether *folder* holds a static sentence-transformers model."""
    return _static_part(folder) is not None


def read_static(folder: Path, *, label: str) -> StaticEmbedder:
    """Read a static model; its name is *label* and a hash of its weights.

    Raises ModelError where a file is missing or damaged, or does not fit the others.
    """
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
    return StaticEmbedder(f"{label}-{digest[:8]}", tokenizer, table, _read_query_weights(part, label, len(table)))


def _static_part(folder: Path) -> Path | None:
    """The folder of the StaticEmbedding module, as modules.json says."""
    try:
        modules = json.loads((folder / "modules.json").read_bytes())
        first = modules[0]
        if first["type"].endswith(".StaticEmbedding"):
            return folder / str(first["path"])
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


def _read_query_weights(part: Path, label: str, tokens: int) -> NDArray[np.floating] | None:
    """The term weights of queries [tokens], or None where the model has none."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    path = part / _QUERY_WEIGHTS
    if not path.exists():
        return None
    try:
        weights: NDArray[np.floating] = load(path.read_bytes())["weights"]
    except (OSError, KeyError, SafetensorError, ValueError) as error:
        raise ModelError(f"embedding model {label!r}: {path} is damaged") from error
    if weights.shape != (tokens,):
        raise ModelError(f"embedding model {label!r}: {path} has weights for {len(weights)} tokens, not for {tokens}")
    return weights


def _clean(text: str) -> str:
    """The text without lone surrogates, which UTF-8 cannot encode."""
    return text if text.isascii() else text.encode("utf-8", "ignore").decode("utf-8")
