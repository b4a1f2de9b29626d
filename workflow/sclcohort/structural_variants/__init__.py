"""Structural variants: junctions of any caller's VCF, and what they do to driver genes."""
