"""Follow drivers and subtype across the samples of each patient."""
