"""What outside judges say of this program: `python -m tests.conformance [NAME …]`, one item for each judge.

judging   what an item is, and what a judge says
__main__  has items judged, prints the table, and writes what the page /about/conformance shows
items     one module for each judge, found by itself: add a module with ITEMS to add rows
"""
