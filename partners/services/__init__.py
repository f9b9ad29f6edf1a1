"""Everything that changes partner companies and what belongs to them."""
