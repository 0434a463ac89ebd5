"""RDF as files, terms, queries and stores hold it."""
