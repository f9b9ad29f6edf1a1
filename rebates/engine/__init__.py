"""The rebate engine: pure functions over frozen inputs, no Django, no I/O, no clock.

`parse_programs` reads program documents, `conditions` says which lines count, `periods` cuts the fiscal calendar,
`calculations` holds one strategy per type, `evaluate` turns aggregates into payouts, `trace` and `sentence` explain
them. The semantics are those of the project's rebate specification; its decisions are repeated where the code depends
on them.
"""
