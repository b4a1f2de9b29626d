"""Judge RB1 in three states, and raise flags for genotypes that call a diagnosis into question."""
