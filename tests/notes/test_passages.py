"""The passages of a note: what was written, piece by piece."""

from hypothesis import given
from hypothesis import strategies as st

from digest.notes.passages import passages

NOTE = """Source: [A paper on it](<https://example.org/>), Blog

## 2026-03-23

### What I knew

Hard **negatives** matter more
than *batch size*, see [the talk](https://example.org/a_b_c) and [[other note|my note]].

### Terms I looked up

- margin MSE: a loss
- [x] reciprocal rank fusion, done
1. first of all this

> quoted from the paper itself

```python
secret = "code is not prose at all"
```

![[diagram.png]] <!-- a hidden comment of mine --> short one
"""


def test_paragraphs_and_list_items_as_plain_text() -> None:
    """Headings, code, embeds, comments and the line of the source are none, nor is what has two words."""
    assert passages(NOTE) == [
        "Hard negatives matter more than batch size, see the talk and my note.",
        "margin MSE: a loss",
        "reciprocal rank fusion, done",
        "first of all this",
        "quoted from the paper itself",
    ]


def test_names_with_underscores_stay() -> None:
    """They are no emphasis."""
    assert passages("call the as_of_join function") == ["call the as_of_join function"]


def test_what_is_said_twice_counts_once() -> None:
    """And there is an end to it."""
    assert passages("one two three\n\none two three") == ["one two three"]
    assert len(passages("\n\n".join(f"passage number {n} here" for n in range(1000)))) == 200


@given(st.text())
def test_any_text_has_passages(text: str) -> None:
    """None of them long."""
    assert all(len(one) <= 600 for one in passages(text))
