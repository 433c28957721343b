"""The language server: what an editor asks about a site while its files are being edited."""
