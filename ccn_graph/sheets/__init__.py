"""A filled sheet becomes Turtle."""
