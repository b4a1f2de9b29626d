"""How fast lesions grow, from volumes or diameters over time, and aggression with that growth taken in."""
