"""Sources on the web: whether they are still there, and still say what is quoted. Never a part of a build."""
