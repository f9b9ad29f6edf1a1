"""Pages for people without an account at the vendor: applying, signing, finding a partner."""
