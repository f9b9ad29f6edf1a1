"""What partners' lives give to tell. Imported when the app is ready, so that every kind is known."""
