"""The environment of the templates, for the digest's own pages and for others that extend them."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment, Template
    from markupsafe import Markup


@cache
def environment(*packages: str) -> "Environment":
    """Templates of the named packages, the first one's before the others', and of this one after them all.

    Everything is escaped, and a variable that was forgotten is an error.
    """
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=ChoiceLoader([PackageLoader(name) for name in (*packages, "digest.render")]),
        autoescape=True,
        auto_reload=False,  # an upgrade below a running process would mix templates of two versions
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def template(name: str) -> "Template":
    return environment().get_template(name)


@cache
def source(name: str) -> "Markup":
    """A file beside the templates as it stands, as "style.css": to be served, or written into a page of its own."""
    from markupsafe import Markup

    loader = environment().loader
    assert loader is not None
    return Markup(loader.get_source(environment(), name)[0])
