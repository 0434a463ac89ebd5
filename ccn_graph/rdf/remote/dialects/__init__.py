"""What is particular to each product that answers SPARQL: one module for each, found by itself."""
