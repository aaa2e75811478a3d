"""Why an issue is empty or nearly so, and what would help, in words."""

from digest.records import Issue
from digest.render.untrusted import shown
from digest.render.wording import list_words


def why_empty(issue: Issue) -> str:
    """Why there are no picks, or "" where there are some."""
    if issue.picks:
        return ""
    if not issue.seen:
        return (
            "Nothing new came in, so there is nothing to read. "
            "“digest status” says when each source was last asked, and “digest sources” adds others."
        )
    few = issue.seen == 1
    said = (
        f"{'The one work' if few else f'None of the {issue.seen:,} works'} that came in was "
        f"{'not ' if few else ''}near enough to your focus to be worth your time; this digest does not pad."
    )
    return " ".join(part for part in (said, _nearest(issue), what_would_help(issue)) if part)


def what_would_help(issue: Issue) -> str:
    """What to add to the focus, as far as the archive has words for it."""
    terms = [shown(term, 60) for term in issue.wanting.add] if issue.wanting else []
    if not terms:
        return "To get more, say more in your focus: “digest focus” shows how it is understood."
    named = list_words(terms, "or")
    return (
        f"To get more, add topics such as {named}, if you want them; “digest focus” shows how your focus is understood."
    )


def _nearest(issue: Issue) -> str:
    """What came nearest, and how far it was from being kept."""
    wanting = issue.wanting
    if wanting is None or not wanting.nearest.strip():
        return ""
    title = f"“{shown(wanting.nearest, 120)}”"
    if wanting.relevance >= wanting.floor:
        return f"The nearest was {title}; “digest why” says what kept it out."
    return f"The nearest was {title}, at a relevance of {wanting.relevance:.1f} where {wanting.floor:.1f} is needed."
