"""Queries in processes that can be killed: limits, workers, the supervisor that forks them, the pool that uses them.

supervisor  the process that holds the store; forks workers from it and reaps them
worker      one query at a time, under limits, streaming its answer
pool        in the web process: hands queries to workers, kills those past their time, replaces them
"""
