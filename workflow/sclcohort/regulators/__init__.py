"""Score transcriptional regulators and lineage programmes in each sample, and call its subtype."""
