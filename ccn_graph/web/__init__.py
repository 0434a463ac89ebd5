"""The endpoint over HTTP: the only part that knows HTTP."""
