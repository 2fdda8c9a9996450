"""Durable work: promised inside a transaction, done after it by a worker, at least once.

`outbox` promises, `registry` knows who keeps the promise, `worker` keeps it, `engine` is the only
module besides it that knows DBOS.
"""
