"""How fast lesions grow: doubling times from volumes or diameters measured over time."""
