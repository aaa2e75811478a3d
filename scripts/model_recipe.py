"""Every number of the bundled embedding model, and texts as bags of tokens."""

from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer


@dataclass(frozen=True)
class Recipe:
    """Every number that was chosen."""

    seed: int = 0
    dimensions: int = 256
    tokens: int = 256  # of a text; abstracts end there
    new_words: int = 9_000  # words of the field that BERT's vocabulary cuts into pieces
    fewest_uses: int = 8  # of a piece of BERT's vocabulary in the abstracts, or it is dropped
    fewest_papers: int = 25  # that have a new word
    smoothing: float = 1e-3  # a of a/(a+p(token)), the weight of a token at the start
    epochs: int = 4
    batch: int = 2048
    scale: float = 20.0  # of cosines in the softmax
    rate: float = 0.01  # of Adam, falling linearly to zero
    list_every: int = 3  # steps between two batches of listed works
    list_batch: int = 1024
    lean_weight: float = 0.3  # of the lean loss in such a step
    lean_scale: float = 10.0
    unseen: int = 2_000  # papers kept out, for the title-to-abstract check
    lean_spread: float = 0.1  # standard deviation of the lean coordinate of a vector: a hundredth of a cosine
    lean_looseness: float = 0.005  # C of the regression on tokens
    lean_strength: float = 100.0  # precision of the prior of the shipped classifier
    lean_temper: float = 0.6  # of logits, for lists are easier to tell apart than what is on them
    lean_papers: int = 1_500  # of an arXiv category that is of one side
    lean_titled: int = 8_000  # papers of each side that their own words put there


class Bags:
    """Texts as bags of token ids."""

    def __init__(self, tokenizer: Tokenizer, texts: list[str], limit: int) -> None:
        flat, lengths = [], []
        for start in range(0, len(texts), 8192):
            cut = [text[: limit * 12] for text in texts[start : start + 8192]]
            for encoding in tokenizer.encode_batch_fast(cut, add_special_tokens=False):
                ids = encoding.ids[:limit]
                flat.append(np.array(ids, np.int32))
                lengths.append(len(ids))
        self.ids = np.concatenate(flat)
        self.starts = np.concatenate([[0], np.cumsum(lengths)])

    def take(self, rows: np.ndarray, part: str = "all") -> tuple[torch.Tensor, torch.Tensor]:
        """Flat ids and offsets of some rows, whole or one half of each."""
        first, last = self.starts[rows], self.starts[rows + 1]
        middle = (first + last) // 2
        first, last = {"all": (first, last), "first": (first, middle), "second": (middle, last)}[part]
        lengths = last - first
        offsets = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        index = np.repeat(first - offsets, lengths) + np.arange(lengths.sum())
        return torch.from_numpy(self.ids[index].astype(np.int64)), torch.from_numpy(offsets)
