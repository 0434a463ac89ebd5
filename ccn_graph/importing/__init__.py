"""The door for lists: a filled sheet becomes Turtle in the house format, for review."""
