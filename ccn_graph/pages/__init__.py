"""What people read: a page for every thing, every question and every part of the site, and the data behind it."""
