"""The search index that readers' browsers ask: words of pages, merged into files by year and first letters."""
