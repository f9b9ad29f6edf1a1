"""Table-driven transitions: the only way a status changes."""
