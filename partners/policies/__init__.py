"""Who may see and do what with partner companies."""
