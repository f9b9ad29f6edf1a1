"""What a bank says became of transfers: its file read without trust, and what it would change."""
