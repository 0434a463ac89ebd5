"""Pages for people: what the graph holds, as HTML in Japanese and English."""
