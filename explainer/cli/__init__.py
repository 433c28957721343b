"""The commands, a module each; each imports what it needs inside, so that `--help` is fast."""
