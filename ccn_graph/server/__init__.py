"""HTTP: what is served, to whom, and how."""
