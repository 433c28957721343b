"""The sourcing rule, and how its verdicts are put into words."""
