"""The project's graph: loading, labels, search, questions, scorecard."""
