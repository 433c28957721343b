"""The frozen records that pass from stage to stage, in the order of the walk.

They are msgspec's structs: made several times faster than frozen dataclasses, written and read as fast, and records
of different types are never equal.

`terms` has the fixed vocabularies. Then come three groups: what the author
`declared`, what parsing found in the text (a `document`), and what a reader may see: what is
`published` of a page, and the `site`. Whatever is not in the third group reaches no template: an
unnamed source's title, party or address has no field there.
"""
