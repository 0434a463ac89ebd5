from __future__ import annotations

from ccn_graph.pages import data, rendering
from ccn_graph.pages.site import Site


def test_all_templates_are_compiled_beforehand() -> None:
    rendering.prepare()
    made = rendering.environment()
    assert made.cache is not None
    known = {name for _, name in made.cache}
    assert known == set(made.list_templates())
    assert "thing.html.j2" in known


def test_the_context_of_json_ld_is_read_once(site: Site) -> None:
    assert data.context(site) is data.context(site)
    assert data.context(site)["Membership"] == {"@id": "https://w3id.org/ccn/ns#Membership"}
