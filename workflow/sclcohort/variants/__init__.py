"""Import variant calls: any of the known dialects in, normalised alleles with consequences out."""
