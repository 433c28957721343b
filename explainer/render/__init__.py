"""Render: a page and the theme become HTML."""
