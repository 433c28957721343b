"""Explainer measured beside other static site generators, on the same pages."""
