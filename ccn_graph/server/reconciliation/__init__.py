"""The Reconciliation Service API at /reconcile: from names as people write them to things, for OpenRefine and others.

requests    reads requests of version 0.2, and of the draft of 1.0 where it is settled, into calls
calls       does them; in a worker
candidates  finds what a name may mean, by the one index of names, and explains the score
city_facts  what is known of each city: country, networks, fields, years, codes, documents
extension   gives properties of things that were found
manifest    describes the service
"""
