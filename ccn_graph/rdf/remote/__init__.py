"""SPARQL servers on other machines: asked over HTTP, each product with what is known of it."""
