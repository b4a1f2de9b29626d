"""Write the results in the formats that other tools read."""
