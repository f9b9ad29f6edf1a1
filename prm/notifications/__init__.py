"""Telling people: what there is to tell, whom, and how it reaches them."""
