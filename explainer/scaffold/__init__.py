"""Files that a writer begins with: a whole site, an explainer or page, a source or person."""
