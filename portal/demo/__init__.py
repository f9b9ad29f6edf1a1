"""Demo vendors: plausible names and 18 months of sales from a seeded generator, told through the product itself."""
