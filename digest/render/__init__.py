"""An `Issue` drawn as Markdown, HTML or plain text.

`page` puts the issue into words once; each rendering arranges and escapes them. Pure but for
reading its own templates.
"""
