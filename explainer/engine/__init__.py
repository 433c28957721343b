"""A build, from its request to its report: it drives the stages, and makes again only what has changed."""
