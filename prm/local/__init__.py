"""The embedded servers and the supervisor behind `make up` and `make test`.

Nothing here imports Django: the supervisor must be light, must start before settings can be read, and must survive an
application that does not import. Production never runs this room; it runs the same programs under its own supervisor.
"""
