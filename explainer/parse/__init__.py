"""Parse: Markdown with shortcodes becomes a `Document`. The only folder that uses markdown-it."""

from explainer.parse.parser import parse_page

__all__ = ["parse_page"]
