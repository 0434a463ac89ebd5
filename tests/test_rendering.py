from __future__ import annotations

from ccn_graph.pages import rdf_view, rendering
from ccn_graph.pages.site_data import Site


def test_all_templates_are_compiled_beforehand() -> None:
    rendering.prepare()
    made = rendering.environment()
    assert made.cache is not None
    known = {name for _, name in made.cache}
    assert known == set(made.list_templates())
    assert "thing.html.j2" in known


def test_the_context_of_json_ld_is_read_once(site: Site) -> None:
    assert rdf_view.context(site) is rdf_view.context(site)
    assert rdf_view.context(site)["Membership"] == {"@id": "https://w3id.org/ccn/ns#Membership"}
