"""Render: a finished page and the theme in, HTML out."""
