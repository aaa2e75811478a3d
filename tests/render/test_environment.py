"""The templates, extended as another page extends them."""

import re

import pytest
from jinja2 import DictLoader, UndefinedError

from digest.render.environment import environment, source, template
from digest.render.layout import lay_out
from tests.render.make import issue, pick, week

PAGE = """{% extends "issue_layout.html" %}
{% block masthead %}<nav>top</nav>{% endblock %}
{% block after_title %}<p>after</p>{% endblock %}
{% block pick_actions %}<form>mark {{ entry.item_id }} {{ entry.number }}</form>{% endblock %}
{% block miss_actions %}<form>missed {{ miss.item_id }}</form>{% endblock %}
{% block footer %}<footer>foot</footer>{% endblock %}
{% block scripts %}<script src="/page.js"></script>{% endblock %}"""


def drawn(**variables: object) -> str:
    own = environment().overlay()
    own.loader = DictLoader({name: source(name) for name in environment().list_templates()} | {"page": PAGE})
    return own.get_template("page").render(page=lay_out(week()), **variables)


def test_a_page_fills_the_blocks_of_an_issue() -> None:
    """Under each pick and each near miss it knows which one it stands under."""
    text = drawn()

    assert re.findall(r"<form>mark (\w+) (\d)</form>", text) == [
        (one.item_id, str(number)) for number, one in enumerate(week().picks, start=1)
    ]
    assert text.count("<form>missed") == 1
    assert all(part in text for part in ("<nav>top</nav>", "<p>after</p>", "<footer>foot</footer>", 'src="/page.js"'))


def test_links_to_pages_of_items_are_there_where_there_are_any() -> None:
    """With functions from an id to an address; without them nothing is linked."""
    text = drawn(item_href="/items/{}".format, similar_href="/items/{}/similar".format)

    assert text.count(f'href="/items/{pick(1).item_id}"') == 1
    assert text.count("/similar") == len(week().picks)
    assert "/items/" not in drawn()


def test_shared_parts_pass_a_strict_policy() -> None:
    """No style of their own, no script and no handler, so that a page may forbid all that is inline."""
    shared = ("issue_layout.html", "parts.html", "chart_parts.html", "theme_parts.html")

    assert not [name for name in shared if re.search(r"<style|<script|\sstyle=|\son\w+=", source(name))]


def test_what_was_forgotten_is_an_error() -> None:
    """Rather than an empty place in a page."""
    with pytest.raises(UndefinedError):
        template("site_issue.html").render(page=lay_out(issue()))
