"""SHACL Core and SHACL-SPARQL, compiled to queries."""
