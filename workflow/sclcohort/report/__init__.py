"""Write the cohort report: one offline page, its figures, and a summary for the terminal."""
