"""The tests of Explainer."""
