"""Queries in processes that can be killed: limits, workers, the supervisor that forks them, the pool that uses them.

supervisor          the process that holds the store; forks workers from it and reaps them
allocator           lets the process of `serve` begin with more memory at hand for small queries
worker              one query at a time, under limits, streaming its answer
supervisor_channel  in the web process: speaks with the supervisor
starting            in the web process: has workers forked, and tried again where that fails
dispatcher          in the web process: gives workers queries, sends some ahead, takes back what waits, replaces them
fairness            in the web process: which client comes next, and whose query has to stop for others
spool               in the web process: what a client has not taken of its answer yet
pool                in the web process: takes queries, keeps the limits, kills those past their time
"""
