"""Notes as Markdown files: their front matter, templates, names and folder; nothing a learner wrote is overwritten."""
