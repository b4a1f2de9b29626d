"""Builder of the embedded demo cohort: genes, genome, alleles, callers' files, expression and the truth."""
