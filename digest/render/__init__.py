"""An `Issue` drawn as Markdown, HTML, plain text, a site, Atom or JSON.

`layout` makes the texts once; each rendering arranges and escapes them. Pure, apart from
reading its own templates.
"""
