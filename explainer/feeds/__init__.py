"""Everything that comes out besides pages: lists, feeds, claims as data, files for the host."""
