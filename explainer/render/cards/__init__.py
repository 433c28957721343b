"""Cards: the pictures that other sites show beside links to explainers, as drawings whose text is set in lines."""
