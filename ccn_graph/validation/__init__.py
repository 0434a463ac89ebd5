"""Check the data: shapes, rules, style, and repairs for what is found."""
