"""The processes that answer queries, and how they are watched, limited and replaced."""
