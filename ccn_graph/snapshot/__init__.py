"""Snapshots: directories that servers open read-only, in under a second whatever their size.

manifest    what a snapshot holds, and that it does
reading     opens one, checks it, tries it out
writing     makes one of a graph, or of files of anyone's
holding     keeps one for a running server, whatever becomes of the directory
archive     carries one in a file to another machine
"""
