"""The same parse, faster. `markdown(fast=False)` does without; tests hold both equal."""
