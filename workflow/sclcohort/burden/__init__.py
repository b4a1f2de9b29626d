"""Mutation burden of samples, and genes that are mutated in more patients than chance explains."""
