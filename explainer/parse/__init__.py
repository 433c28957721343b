"""Markdown with shortcodes in, a `Document` out. The only door to markdown-it."""

from explainer.parse.parser import parse_page

__all__ = ["parse_page"]
