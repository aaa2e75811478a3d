"""Other ways to rank a pool of texts, which the benches compare this judge with."""

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digest.judge.embedding import Embedder

Floats = NDArray[np.floating]


class Kept:
    """A model whose vectors are kept in a file, by text; *make* embeds those that are new."""

    def __init__(self, name: str, dimensions: int, path: Path) -> None:
        self.name, self.dimensions, self.path = name, dimensions, path
        self.known: dict[str, Floats] = {}
        if self.path.exists():
            kept = np.load(self.path)
            self.known = dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True))

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        keys = [hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest() for text in texts]
        new = sorted({k: t for k, t in zip(keys, texts, strict=True) if k not in self.known}.items())
        for start in range(0, len(new), 2048):
            some = new[start : start + 2048]
            self.known.update(zip([key for key, _ in some], self.make([text for _, text in some]), strict=True))
            if len(new) > 2048:
                print(f"{self.name}: {start + len(some)}/{len(new)} texts", file=sys.stderr, flush=True)
            if start % 4096 == 0 or start + 2048 >= len(new):
                self._keep()
        return np.stack([self.known[k] for k in keys])

    def make(self, texts: Sequence[str]) -> Floats:
        raise NotImplementedError

    def _keep(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(self.path, keys=np.array(list(self.known)), vectors=np.stack(list(self.known.values())))


class CachedModel(Kept):
    """A sentence-transformers model."""

    def __init__(self, folder: Path, cache: Path) -> None:
        super().__init__("all-MiniLM-L6-v2", 384, cache / "minilm.npz")
        self.folder = folder

    def make(self, texts: Sequence[str]) -> Floats:
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(str(self.folder), device="cpu")
        found: Floats = model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return found


class CachedReranker(Kept):
    """A model of this program's own."""

    def __init__(self, model: Embedder, cache: Path) -> None:
        super().__init__(model.name, model.dimensions, cache / f"{model.name}.npz")
        self.model, self.reads_statements = model, getattr(model, "reads_statements", False)

    def make(self, texts: Sequence[str]) -> Floats:
        return self.model.encode(texts)


class Sanity:
    """arxiv-sanity-lite's way: TF-IDF and a linear SVM, likes against everything else."""

    def __init__(self, texts: Sequence[str]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        vectorizer = TfidfVectorizer(
            strip_accents="unicode", stop_words="english", token_pattern=r"(?u)\b[a-zA-Z_][a-zA-Z0-9_]+\b",
            ngram_range=(1, 2), max_features=20_000, sublinear_tf=True, max_df=0.1, min_df=min(5, len(texts)),
        )  # fmt: skip
        self.features = vectorizer.fit_transform(texts)

    def rank(self, likes: Sequence[int] | NDArray[np.intp], rows: Sequence[int] | NDArray[np.intp]) -> Floats:
        """Scores of *rows*, learned from *likes* against them."""
        from sklearn.svm import LinearSVC

        every = np.concatenate([likes, rows])
        labels = np.arange(len(every)) < len(likes)
        model = LinearSVC(class_weight="balanced", max_iter=10_000, tol=1e-6, C=0.01, random_state=0)
        scores: Floats = model.fit(self.features[every], labels).decision_function(self.features[np.asarray(rows)])
        return scores
