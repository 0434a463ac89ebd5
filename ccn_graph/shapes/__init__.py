"""SHACL shapes compiled to SPARQL queries: read to typed values, written as queries, run on the native engine."""
