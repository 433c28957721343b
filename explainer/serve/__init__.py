"""The preview: a site kept in memory, brought up to date after each save, shown by a server on this machine."""
