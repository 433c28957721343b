"""Brings in what was written or collected elsewhere: documents as drafts, libraries of references as sources."""
