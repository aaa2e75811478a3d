"""Small files of items, as an export writes them."""

from collections.abc import Sequence

import pyarrow as pa
from pyarrow import parquet

from digest.cluster.dataset import Dataset, key
from digest.cluster.index import publish_index, read_index

#: Words of machine learning and some that are not, to make texts of.
_WORDS = """
attention retrieval gradient embedding cluster serving latency pipeline diffusion kernel benchmark agents tokens
privacy drift monitoring sparse dense ranking reward policy graph scaling quantization a the of with and for we
propose show study learn train deploy measure Übersetzung 模型 naïve state-of-the-art
""".split()


def text(number: int, words: int) -> str:
    """A text that its number alone decides."""
    return " ".join(_WORDS[(number * 31 + word * word * 7 + word) % len(_WORDS)] for word in range(words))


def rows(count: int, *, first: int = 0, words: int = 60) -> list[dict[str, str | None]]:
    """Items with titles and bodies; one in seventeen has no body, one in fifty neither."""
    return [
        {
            "item_id": f"i{number:07}",
            "title": "" if number % 50 == 49 else text(number, 8),
            "body": None if number % 50 == 49 else "" if number % 17 == 16 else text(number * 3 + 1, words),
        }
        for number in range(first, first + count)
    ]


def write_items(dataset: Dataset, week: str, items: Sequence[dict[str, str | None]], *, group: int = 24_576) -> str:
    """Write a file of items and enter it in the index; returns its name."""
    schema = pa.schema(
        [("item_id", pa.string()), ("title", pa.string()), ("source", pa.string()), ("body", pa.string())]
    )
    table = pa.Table.from_pylist([one | {"source": "a"} for one in items], schema)
    texts = key(*(one["title"] or "" for one in items), *(one["body"] or "" for one in items))
    name = f"items/week={week}/{texts}-{key(texts, len(items))}.parquet"
    dataset.publish(name, lambda file: parquet.write_table(table, file, row_group_size=group))
    dataset.begin()
    index = read_index(dataset)
    index.rows[name] = len(items)
    publish_index(dataset, index)
    return name
