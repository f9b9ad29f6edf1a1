"""The states that things of this app are in, and how they get from one to the next."""
