"""A year in review, as Markdown and as a page with charts. Pure."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from digest.compose.review import LateLike, Review
from digest.records import RisenTheme, SourceEarnings
from digest.render.charts import Chart, Label, Row, Series, column_chart, row_chart
from digest.render.commonmark import escape, escape_line, link
from digest.render.environment import source, template
from digest.render.recap import RecapSection, lay_out_recap, recap_span, text_bars
from digest.render.site import page_policy
from digest.render.untrusted import shown, web_address
from digest.render.wording import count_words, day_words, duration_words, list_words, month_words, percent, period_words

_EARNED, _IDLE = 15, 10
#: Fewer months show no course.
_FEWEST_MONTHS = 2
_ONE_YEAR = 12
_NTH = ("first", "second", "third")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewLine:
    """A work or a theme with what is said of it."""

    title: str
    url: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    """All texts and charts of a review in reading order."""

    title: str
    dates: str
    #: sentences with the numbers, and with what is missing
    numbers: tuple[str, ...]
    pace_words: str
    #: works and minutes read a month; () and None where there are too few months
    pace: Chart | None
    pace_rows: tuple[tuple[str, int], ...]
    sides_words: str
    sides: Chart | None
    #: month, letter, envelope
    side_rows: tuple[tuple[str, int, int], ...]
    late_likes: tuple[ReviewLine, ...]
    sources_words: str
    sources: tuple[Row, ...]
    idle: tuple[str, ...]
    themes: tuple[ReviewLine, ...]
    read: tuple[RecapSection, ...]


def lay_out_review(review: Review) -> ReviewPage:
    zone = _zone(review.recap.zone)
    recap = lay_out_recap(review.recap)
    months = review.months if len(review.months) >= _FEWEST_MONTHS else ()
    pace = [(one.name, one.read) for one in months] if review.recap.read else []
    with_sides = any(one.letter or one.envelope for one in months)
    return ReviewPage(
        title=_title(review),
        dates=recap_span(review.recap.since, review.recap.until, zone),
        numbers=tuple(_numbers(review, zone)),
        pace_words=_pace_words(review),
        pace=_pace(review) if pace else None,
        pace_rows=tuple((month_words(name), count) for name, count in pace),
        sides_words=_sides_words(review),
        sides=_sides(review) if with_sides else None,
        side_rows=tuple((month_words(one.name), one.letter, one.envelope) for one in months) if with_sides else (),
        late_likes=tuple(map(_late_like, review.late_likes)),
        sources_words=_sources_words(review.earned),
        sources=row_chart([_earned(one) for one in review.earned[:_EARNED]]),
        idle=tuple(f"{shown(one.source, 60)} ({one.seen:,} seen)" for one in review.idle[:_IDLE]),
        themes=tuple(map(_theme, review.themes)),
        read=recap.sections,
    )


def render_review_markdown(review: Review) -> str:
    return "\n\n".join(_blocks(lay_out_review(review))) + "\n"


def render_review_html(review: Review) -> str:
    """A page that holds all it needs, without scripts."""
    page = lay_out_review(review)
    return template("review.html").render(page=page, style=source("style.css"), policy=page_policy())


def _title(review: Review) -> str:
    whose = f"{name}’s" if (name := shown(review.recap.learner, 60)) else "Your"
    return f"{whose} {review.year} in review" if review.year else f"{whose} reading in review"


def _numbers(review: Review, zone: dt.tzinfo) -> Iterator[str]:
    recap = review.recap
    if review.issues:
        share = f" ({percent(review.kept / review.seen)})" if review.seen else ""
        yield f"{count_words(review.issues, 'issue')} saw {count_words(review.seen, 'work')} and kept {review.kept:,}{share}."
    elif review.began is None:
        yield "There is no issue yet; `digest run --issue` writes the first."
    else:
        yield f"No issue ended in this time; the first began on {day_words(review.began.astimezone(zone).date())}."
    if review.issues and review.began and recap.since < review.began:
        yield f"The first issue began on {day_words(review.began.astimezone(zone).date())}; nothing is known of the time before."
    if not recap.works:
        yield "Nothing was marked as read, liked or saved, so that nothing is known of what was read."
        return
    yield lay_out_recap(recap).numbers
    passes = [
        f"{count} {nth} pass{'' if count == 1 else 'es'}"
        for nth, count in zip(_NTH, review.passes, strict=True)
        if count
    ]
    if passes:
        yield f"Papers were read in {list_words(passes)}."


def _pace_words(review: Review) -> str:
    reading = [one for one in review.months if one.read]
    if not reading:
        return ""
    most = max(reading, key=lambda one: (one.read, one.name))
    usual = len(review.recap.read) / len(review.months)
    quiet = len(review.months) - len(reading)
    rest = f"; {count_words(quiet, _unit(review))} went by without" if quiet else ""
    return f"{usual:.1f} works a {_unit(review)}, most in {month_words(most.name)} ({most.read}){rest}."


def _sides_words(review: Review) -> str:
    """What was read against what was picked and what was declared."""
    letter, envelope = review.recap.count("letter"), review.recap.count("envelope")
    picked = sum(one.picked_letter + one.picked_envelope for one in review.months)
    if not letter + envelope:
        return ""
    share = envelope / (letter + envelope)
    part = {0.0: "None", 1.0: "All"}.get(share, percent(round(share, 2)))
    said = f"{part} of what was read or liked is envelope"
    if picked:
        kept = sum(one.picked_envelope for one in review.months) / picked
        said += f", against {percent(round(kept, 2))} of the picks"
    return f"{said}; the focus declares {percent(round(review.lean, 2))}."


def _pace(review: Review) -> Chart:
    works = Series(name="Works", values=[one.read for one in review.months])
    labels = [
        _label(one.name, len(review.months), f"about {duration_words(one.minutes)}" if one.minutes else "")
        for one in review.months
    ]
    return column_chart(f"Works read a {_unit(review)}", labels, [works], _whole, over=_unit(review).capitalize())


def _sides(review: Review) -> Chart:
    series = [
        Series(name="letter", values=[one.letter for one in review.months], tone="letter"),
        Series(name="envelope", values=[one.envelope for one in review.months], tone="envelope"),
    ]
    labels = [_label(one.name, len(review.months)) for one in review.months]
    title = f"Works read or liked a {_unit(review)}"
    return column_chart(title, labels, series, _whole, over=_unit(review).capitalize())


def _unit(review: Review) -> str:
    return "year" if any(len(one.name) == 4 for one in review.months) else "month"


def _label(month: str, count: int, note: str = "") -> Label:
    """A month's first letters, with its year where several years are shown."""
    words = month_words(month)
    short = words if len(month) == 4 else words[:3] if count <= _ONE_YEAR else f"{words[:3]} {month[2:4]}"
    return Label(short=short, full=words, note=note)


def _late_like(one: LateLike) -> ReviewLine:
    said = {"like": "liked", "save": "saved", "read": "read"}.get(one.mark, one.mark)
    why = f": {shown(one.reason, 160)}" if one.reason.strip() else ""
    return ReviewLine(
        title=shown(one.title, 200) or "(untitled)",
        url=web_address(one.url),
        words=f"{shown(one.source, 60)}; passed over in {period_words(one.period)}{why}; {said} since",
    )


def _sources_words(earned: Sequence[SourceEarnings]) -> str:
    welcome = [one for one in earned if one.welcome]
    if not earned:
        return ""
    if not welcome:
        return f"{count_words(len(earned), 'source')} had something kept; nothing of it was liked, saved or read."
    best = welcome[0] if len(welcome) == 1 else max(welcome, key=lambda one: (one.welcome / one.seen, one.welcome))
    return f"{shown(best.source, 60)} brought most for what it sent: {best.welcome} of {best.seen:,} {'was' if best.welcome == 1 else 'were'} liked, saved or read."


def _earned(one: SourceEarnings) -> Row:
    return Row(
        name=shown(one.source, 60),
        value=one.welcome,
        text=f"{one.welcome} welcome, {one.kept} kept of {one.seen:,} seen",
    )


def _theme(one: RisenTheme) -> ReviewLine:
    span = (
        period_words(one.first) if one.first == one.last else f"{period_words(one.first)} to {period_words(one.last)}"
    )
    example = f", as “{shown(one.example, 120)}”" if one.example.strip() else ""
    return ReviewLine(
        title=shown(one.term, 60), url="", words=f"growing in {count_words(one.issues, 'issue')}, {span}{example}"
    )


def _blocks(page: ReviewPage) -> Iterator[str]:
    yield f"# {escape(page.title)}"
    yield f"{escape_line(page.dates)}. {' '.join(page.numbers)}"
    if page.pace_rows:
        yield "## Pace"
        yield escape_line(page.pace_words)
        yield _code(text_bars(page.pace_rows))
    if page.sides_words:
        yield "## Letter against envelope"
        yield escape_line(page.sides_words)
        if page.side_rows:
            yield _code(_side_bars(page.side_rows))
    if page.late_likes:
        yield "## Passed over first, liked later"
        yield "\n".join(map(_line, page.late_likes))
    if page.sources:
        yield "## Sources that earned their place"
        yield escape_line(page.sources_words)
        yield "\n".join(f"- {escape_line(row.name)}: {row.text}" for row in page.sources)
    if page.idle:
        yield "## Sources that did not"
        yield f"Nothing of these was kept, liked, saved or read: {escape(list_words(page.idle))}."
    if page.themes:
        yield "## Themes that rose"
        yield "\n".join(map(_line, page.themes))
    for section in page.read:
        yield f"## {section.title}"
        yield "\n".join(
            f"- {link(entry.title, entry.url)}" + (f" · {escape(entry.byline)}" if entry.byline else "")
            for entry in section.entries
        )
        if section.more:
            yield f"{section.more} `digest share` lists a shorter span with your notes."


def _line(one: ReviewLine) -> str:
    return f"- {link(one.title, one.url)}: {escape(one.words)}"


def _code(lines: Sequence[str]) -> str:
    return "\n".join(["```", *lines, "```"])


def _side_bars(rows: Sequence[tuple[str, int, int]]) -> list[str]:
    """A line a month: letter in full blocks, envelope in shaded ones, as long as there were works."""
    most = max(letter + envelope for _, letter, envelope in rows) or 1
    width, scale = max(len(name) for name, _, _ in rows), min(1.0, 30 / most)
    return [
        "letter █  envelope ░",
        *(
            f"{name:<{width}}  {'█' * round(letter * scale)}{'░' * round(envelope * scale)} {letter} + {envelope}"
            for name, letter, envelope in rows
        ),
    ]


def _whole(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else ""


def _zone(name: str) -> dt.tzinfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return dt.UTC
