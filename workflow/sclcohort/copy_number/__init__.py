"""Import copy-number segments: log2 ratio, copies, state and focality of each driver gene; purity and ploidy."""
