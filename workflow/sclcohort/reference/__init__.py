"""Genome sequence and gene model: the configured ones, their genes, and an optional pinned download."""
