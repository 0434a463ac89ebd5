"""The kinds of chart that a question can declare (`#+ chart: KIND role=column …`): one module for each."""
