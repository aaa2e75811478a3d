"""References with good defaults, and a thousand works from strangers, as bad as feeds give them."""

import datetime as dt
import random
from dataclasses import replace
from functools import cache
from typing import Any

from digest.records import Item, Work
from digest.render.references import Name, Reference, ReferenceKind, reference_of_work
from tests import make
from tests.render.hostile import ATTACKS, BAD_URLS

READ_AT = dt.datetime(2026, 11, 21, 23, 30, tzinfo=dt.UTC)

#: What breaks one format or another: ends of fields and records, tags at the start of a line, TeX that runs.
_WORST = (
    "}",
    "{",
    "}}",
    "{{",
    "},\n}\n\n@misc{stolen,\n  title = {x",
    "@article{",
    "@comment{",
    "@string{a = {b}}",
    "\\input{/etc/passwd}",
    "\\write18{rm -rf /}",
    "\\end{document}",
    "$\\input{x}$",
    "$x_{$",
    "\\",
    "\\\\",
    "100%",
    "% gone",
    "a & b # c _ d ~ e ^ f",
    '"',
    '", year = {1}',
    "\nER  - \n",
    "\r\nTY  - JOUR\r\n",
    "\u2028ER  - ",
    "\x85TY  - BOOK",
    "\x0bAU  - Nobody",
    "TI  - not a tag",
    "and",
    "A and B",
    "</span><script>alert(1)</script>",
    '" onload="x',
    "\t",
    "\x00",
    "\x1b[31m",
    "\ud800",
    "\u202e",
    "é ü ß Ł ő ç",
    "β-VAE, ≤ ∞ × ± → ½ ²",
    "大規模言語モデル",
    "اللغة",
    "👻",
    "$\\mathcal{O}(n \\log n)$",
    "$k$-means",
    "$\\ell_1$",
    "Erd\\H{o}s",
    "costs $5 and $6",
    "GPT-4: A LoRA",
    "I",
    "--",
    "``quoted''",
)
_WORDS = "a the sparse Retrieval learning BERT for of in Bayesian deep graphs Hilbert evaluation 2024 models".split()
_NAMES = (
    "Joost van de Weijer",
    "van der Berg, Jan",
    "Amado B. Martinez Jr",
    "King, Jr., Martin Luther",
    'Hai "Helen" Li',
    "OpenAI",
    "Gemma Team",
    "王小云",
    "山田 太郎",
    "O'Connell, R. J.",
    "Rubén Ruiz-Torrubiano",
    "Paul Erd\\H{o}s",
    "Smith & Sons",
    "Ada Byron and Charles Babbage",
    "ada@example.org",
    "/u/somebody",
    "Иван Иванов",
)
_KINDS = "arxiv feed page newsletter podcast youtube releases hackernews reddit library".split()
_ADDRESSES = (
    "https://blog.example.org/{}",
    "https://blog.example.org/{}?a=1&b=%20;c#part_{}",
    "https://github.com/owner/name{}/releases/tag/v1.{}",
    "https://www.youtube.com/watch?v=a_b{}",
    "https://huggingface.co/datasets/owner/name{}",
    "https://www.reddit.com/r/MachineLearning/comments/{}/",
    "https://aclanthology.org/2024.acl-long.{}/",
    "https://ex\u00e4mple.org/\u00fc/{}",
    "",
)


def reference(**changes: Any) -> Reference:  # noqa: ANN401 - any field of a Reference
    made = Reference(
        identity="arxiv:2401.12345",
        work_id="w2345abcde",
        kind=ReferenceKind.PREPRINT,
        tex_title="Dense retrieval at scale",
        title="Dense retrieval at scale",
        authors=(Name(family="van de Weijer", given="Joost"),),
        published=dt.date(2024, 1, 23),
        url="https://arxiv.org/abs/2401.12345",
        arxiv_id="2401.12345",
        category="cs.IR",
        container="arXiv",
        abstract="We retrieve.",
        pdf_url="https://arxiv.org/pdf/2401.12345",
    )
    if "title" in changes:
        changes.setdefault("tex_title", changes["title"])
    return replace(made, **changes)


def post(**changes: Any) -> Reference:  # noqa: ANN401 - any field of a Reference
    """A post of a blog."""
    fields: dict[str, Any] = {
        "identity": "https://blog.example.org/1",
        "work_id": "p1234abcde",
        "kind": ReferenceKind.POST,
        "url": "https://blog.example.org/1",
        "accessed": READ_AT.date(),
        "container": "A blog",
        "arxiv_id": "",
        "category": "",
        "pdf_url": "",
    }
    return reference(**fields | changes)


@cache
def references(count: int = 1_000, seed: int = 14) -> tuple[Reference, ...]:
    """The same hostile works at each call."""
    chance = random.Random(seed)
    return tuple(reference_of_work(_work(number, chance)) for number in range(count))


def _work(number: int, chance: random.Random) -> Work:
    items = [_item(10 * number + place, chance) for place in range(chance.choice((1, 1, 1, 2)))]
    return Work(work_id=items[0].item_id, items=tuple(items), first_seen_at=READ_AT)


def _item(number: int, chance: random.Random) -> Item:
    kind = chance.choice(_KINDS)
    address = chance.choice(_ADDRESSES).format(number, number) if chance.random() < 0.9 else chance.choice(BAD_URLS)
    arxiv_id = f"2401.{number:05}" if kind == "arxiv" or chance.random() < 0.1 else ""
    return make.item(
        number,
        kind=kind,
        source=_text(chance, 2).replace("\ud800", ""),  # sources.toml cannot hold half a pair
        url=address,
        title=_text(chance, 6),
        authors=tuple(_name(chance) for _ in range(chance.choice((0, 1, 1, 2, 5)))),
        summary=_text(chance, 30),
        published_at=None if chance.random() < 0.1 else READ_AT - dt.timedelta(days=chance.randrange(9_000)),
        arxiv_id=arxiv_id,
        doi=f"10.{chance.choice((1101, 5281, 1145))}/a_b({number})" if chance.random() < 0.2 else "",
        tags=(chance.choice(("cs.LG", "math.ST", "q-bio", "News & more", "}")),),
        seconds=chance.choice((0, 0, 61, 5_000)),
    )


def _text(chance: random.Random, most: int) -> str:
    pieces = [
        chance.choice(_WORDS) if chance.random() < 0.6 else chance.choice(_WORST + ATTACKS)
        for _ in range(chance.randrange(most + 1))
    ]
    return chance.choice((" ", " ", "")).join(pieces)


def _name(chance: random.Random) -> str:
    return chance.choice(_NAMES) if chance.random() < 0.7 else _text(chance, 4)
