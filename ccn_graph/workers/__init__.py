"""Queries in processes that can be killed: limits, workers, the supervisor that forks them, the pool that uses them.

supervisor          the process that holds the store; forks workers from it and reaps them
worker              one query at a time, under limits, streaming its answer
supervisor_channel  in the web process: speaks with the supervisor
dispatcher          in the web process: gives workers queries, sends some ahead, takes back what waits, replaces them
pool                in the web process: takes queries, keeps the limits, kills those past their time
"""
