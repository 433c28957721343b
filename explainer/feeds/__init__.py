"""Everything that is published besides pages: lists, feeds, claims as data, files for the host."""
