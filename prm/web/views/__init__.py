"""Pages that belong to the frame, not to a surface."""
