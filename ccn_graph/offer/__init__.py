"""How what a person names becomes what a server serves.

site        what the pages of a project's data are made from, and how files of others are checked
local       a project, or files of anyone's, loaded here
snapshots   a snapshot, and those that take its place
elsewhere   what is published in an engine elsewhere
"""
