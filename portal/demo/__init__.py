"""Demo vendors: plausible names and 18 months of sales from a seeded generator, brought in through the product itself."""
