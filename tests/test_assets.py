from __future__ import annotations

from pathlib import Path

import pytest

from ccn_graph.errors import CcnError
from ccn_graph.pages import assets
from tests.conftest import Write


def test_the_manifest_gives_the_address_of_each_file(write: Write) -> None:
    directory = write("manifest.json", '{"site.css": "site-12.css"}').parent
    assert assets.read(directory) == {"site.css": "/static/site-12.css"}


def test_without_a_build_it_is_said_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CcnError, match=r"manifest\.json is missing.*pip install"):
        assets.read(tmp_path)


def test_every_file_that_a_template_names_is_built() -> None:
    built = assets.read()
    templates = Path(assets.__file__).parent / "templates"
    sources = "\n".join(path.read_text(encoding="utf-8") for path in templates.rglob("*.j2"))
    named = {part.partition('"')[0] for part in sources.split('asset("')[1:]}
    assert {"site.css", "site.js", "editor.js"} <= named
    assert named <= built.keys()
