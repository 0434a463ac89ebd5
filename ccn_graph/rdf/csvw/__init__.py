"""CSV on the Web: a table and its metadata in JSON become statements, each with its row and column.

Read is the part of "Metadata Vocabulary for Tabular Data" (W3C, 2015) that describes one table with one row of
headings, and of "Generating RDF from Tabular Data on the Web" the minimal mode. What is not read is refused.
"""
