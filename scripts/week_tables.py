"""The figures of simulated weeks as Markdown: by voice, side, age and marks, and against what was promised."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

import numpy as np

Rows = Sequence[dict[str, Any]]
Figure = tuple[str, Callable[[Rows], float]]


def precision(rows: Rows) -> float:
    """The share of right ones among all that was kept in these weeks."""
    return _ratio(sum(row["hits"] for row in rows), sum(row["kept"] for row in rows))


def recall(rows: Rows) -> float:
    return _mean(row["hits"] / row["own"] for row in rows)


def empty(rows: Rows) -> float:
    return _mean(row["kept"] == 0 for row in rows)


def same_count(rival: str) -> Callable[[Rows], float]:
    """A rival's precision where it keeps as many in each week as the issue does."""
    return lambda rows: _ratio(sum(row["rivals"][rival]["at_count"] for row in rows), sum(row["kept"] for row in rows))


def top(rival: str) -> Callable[[Rows], float]:
    """A rival's recall among its best twelve."""
    return lambda rows: _mean(row["rivals"][rival]["at_most"] / row["own"] for row in rows)


def of_rival(rival: str, name: str) -> Callable[[Rows], float]:
    return lambda rows: _mean(row["rivals"][rival][name] for row in rows)


def mean_of(name: str) -> Callable[[Rows], float]:
    return lambda rows: _mean(row[name] for row in rows)


def figures(rows: Rows) -> list[Figure]:
    """The columns for rows that all have the same rivals."""
    rivals = list(rows[0]["rivals"])
    return [
        ("kept", mean_of("kept")),
        ("empty", empty),
        ("P issue", precision),
        *((f"P {rival}", same_count(rival)) for rival in rivals),
        ("R issue", recall),
        *((f"R12 {rival}", top(rival)) for rival in rivals),
        ("nDCG issue", mean_of("ndcg")),
        *((f"nDCG {rival}", of_rival(rival, "ndcg")) for rival in rivals),
        *((f"AP {rival}", of_rival(rival, "ap")) for rival in rivals if rival in ("judge", "MiniLM")),
        ("own over floor", mean_of("own_above")),
        ("others over floor", mean_of("others_above")),
    ]


def table(title: str, rows: Rows, group: Callable[[dict[str, Any]], Any]) -> str:
    """One table, a line a group, the last one for all."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        grouped.setdefault(str(group(row)), []).append(row)
    columns = figures(rows)
    lines = [f"### {title}", "", f"| | issues | {' | '.join(name for name, _ in columns)} |"]
    lines.append("|---|" + "---:|" * (len(columns) + 1))
    named = [*grouped.items(), *([("all", list(rows))] if len(grouped) > 1 else [])]
    for name, some in named:
        lines.append(f"| {name} | {len(some)} | {' | '.join(f'{of(some):.3f}' for _, of in columns)} |")
    return "\n".join(lines)


def report(rows: Rows) -> str:
    """All tables; those about voices rest on the rows without marks, where there are such."""
    unmarked = [row for row in rows if not row["marks"]] or list(rows)
    parts = [table("By voice", unmarked, lambda row: row["voice"])]
    parts.append(table("Voices of training and held-out ones", unmarked, _kind))
    for title, name in (("By side", "side"), ("By age of the archive, in weeks", "age"), ("By sources", "sources")):
        if len({row[name] for row in unmarked}) > 1:
            parts.append(table(title, unmarked, itemgetter(name)))
    for marks in sorted({row["marks"] for row in rows}):
        if any(row["marks"] for row in rows):
            parts.append(table(f"With {marks} marks", [row for row in rows if row["marks"] == marks], _kind))
    parts.append(promises(unmarked))
    return "\n\n".join(parts)


def promises(rows: Rows) -> str:
    """What the issue is to reach, and what it reaches."""
    lines = ["### Against what was promised", "", "| what | wanted | found |", "|---|---|---|"]
    plain = [row for row in rows if row["voice"] == "plain"]
    heldout = [row for row in rows if row["held_out"]]
    groups = [("all voices", rows), ("plain", plain), ("held-out voices", heldout)]
    for name, some in groups:
        if not some:
            continue
        if "MiniLM" in rows[0]["rivals"]:
            ratio = _ratio(precision(some), same_count("MiniLM")(some))
            lines.append(f"| precision against MiniLM's, {name} | 1.25 | {ratio:.2f} |")
        lines.append(
            f"| precision against the judge's own, {name} | 0.95 | {_ratio(precision(some), same_count('judge')(some)):.2f} |"
        )
        lines.append(
            f"| recall against the judge's best twelve, {name} | 0.90 | {_ratio(recall(some), top('judge')(some)):.2f} |"
        )
        lines.append(f"| empty issues, {name} | 0 | {sum(row['kept'] == 0 for row in some)} of {len(some)} |")
    lines += _by_voice(rows, plain)
    lines.append(f"| seconds an issue (rank and build) | | {mean_of('seconds')(rows):.2f} |")
    return "\n".join(lines)


def _by_voice(rows: Rows, plain: Rows) -> list[str]:
    """How much of the plain statement's AP voices lose, and what passes the floor in the worst of them."""
    voices = sorted({row["voice"] for row in rows} - {"plain"})
    by_voice = {voice: [row for row in rows if row["voice"] == voice] for voice in voices}
    lines = []
    ap = of_rival("judge", "ap")
    if plain and voices:
        loss = {voice: 1 - _ratio(ap(some), ap(plain)) for voice, some in by_voice.items()}
        worst = max(loss, key=lambda voice: loss[voice])
        lines.append(f"| AP lost against plain, mean of voices | 10 % | {_mean(loss.values()):.0%} |")
        lines.append(f"| AP lost against plain, at worst | 20 % | {loss[worst]:.0%} ({worst}) |")
    every = by_voice or {"plain": list(plain)}
    own, others = mean_of("own_above"), mean_of("others_above")
    least = min(every, key=lambda voice: own(every[voice]))
    most = max(every, key=lambda voice: others(every[voice]))
    lines.append(f"| own papers over the floor, least of voices | 75 % | {own(every[least]):.0%} ({least}) |")
    lines.append(f"| others over the floor, most of voices | 6 % | {others(every[most]):.1%} ({most}) |")
    return lines


def _kind(row: dict[str, Any]) -> str:
    if row["voice"] == "plain":
        return "plain"
    return "held-out voices" if row["held_out"] else "training voices"


def _ratio(above: float, below: float) -> float:
    return above / below if below else float("nan")


def _mean(values: Any) -> float:  # noqa: ANN401 - any iterable of numbers
    found = list(values)
    return float(np.mean(found)) if found else float("nan")
