"""Import copy-number segments: log2 ratio, copies and state of each driver gene."""
