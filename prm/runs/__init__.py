"""Work that a row asks for and a worker does: exports, what-ifs, reports. It survives whatever is killed.

A row has `status`, `attempts`, `started_at` and `finished_at`. The work is three transactions: claim it, read from one
snapshot, keep what came out; a worker that is killed in any of them leaves either nothing or the whole. An event of the
outbox sends the task again from time to time until the row has ended, because a broker forgets.
"""
