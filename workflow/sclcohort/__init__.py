"""Small-cell lung cancer cohorts: drivers, regulators, resistance, trajectories.

The package holds the science and knows nothing of Snakemake: rules call its command line,
``python -m sclcohort <step>``, and so can a person. Research use only.
"""

__version__ = "0.1.0"
