"""Classify each sample for each therapy from published markers, with the evidence for it."""
