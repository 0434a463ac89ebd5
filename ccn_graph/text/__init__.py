"""Names, dates and languages as people write them."""
