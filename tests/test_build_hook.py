"""The build of the front end. The package is installed, so it has been built; here it is built again elsewhere."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ccn_graph.graph import project
from ccn_graph.graph.project import Project
from ccn_graph.pages import assets
from ccn_graph.pages.frontend import build_hook
from tests.conftest import ROOT, some

SOURCES = ROOT / "ccn_graph" / "pages" / "frontend"


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    copy = tmp_path / "frontend"
    shutil.copytree(SOURCES, copy, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    return copy


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_the_installed_files_were_built_from_these_sources() -> None:
    built = (assets.DIRECTORY / build_hook.FINGERPRINT).read_text(encoding="utf-8")
    assert built == build_hook.fingerprint(SOURCES), "the sources have changed; install the package again"


def test_unchanged_sources_are_not_built_again(sources: Path, tmp_path: Path) -> None:
    target = tmp_path / "static"
    target.mkdir()
    (target / build_hook.FINGERPRINT).write_text(build_hook.fingerprint(sources), encoding="utf-8")
    assert build_hook.build(sources, target) is False
    (sources / "src" / "site.js").write_text("// another", encoding="utf-8")
    assert (target / build_hook.FINGERPRINT).read_text(encoding="utf-8") != build_hook.fingerprint(sources)


def test_without_the_registry_it_is_said_what_is_missing_and_nothing_is_lost(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "static"
    target.mkdir()
    (target / "manifest.json").write_text("{}", encoding="utf-8")
    # Nobody listens on port 9, and the cache is empty.
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    with pytest.raises(RuntimeError, match="could not be installed from the npm registry"):
        build_hook.build(sources, target)
    assert names(target) == ["manifest.json"]
    assert not (sources / "node_modules").exists()


def test_old_files_go_when_new_ones_are_there(tmp_path: Path) -> None:
    built, target = tmp_path / "built", tmp_path / "static"
    built.mkdir()
    target.mkdir()
    (target / "site-old.css").write_text("old", encoding="utf-8")
    (built / "site-new.css").write_text("new", encoding="utf-8")
    (built / "manifest.json").write_text('{"site.css": "site-new.css"}', encoding="utf-8")
    build_hook.replace(target, built)
    assert names(target) == ["manifest.json", "site-new.css"]


def test_the_lock_file_names_no_registry_and_checks_every_package() -> None:
    packages = json.loads((SOURCES / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for name, package in some(packages.items()):
        assert "resolved" not in package, f"{name} names the registry of whoever made the lock file"
        assert not name or package["integrity"].startswith("sha512-"), name


def test_a_wheel_brings_a_whole_project_which_is_served_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build_hook, "build", lambda *_: False)
    wheel: dict[str, dict[str, str]] = {"force_include": {}}
    hook = build_hook.FrontendHook(str(ROOT), {}, None, None, str(tmp_path), "wheel")  # type: ignore[arg-type]
    hook.initialize("standard", wheel)
    package = tmp_path / "site-packages" / "ccn_graph"
    for source, place in some(wheel["force_include"].items()):
        (package.parent / place).parent.mkdir(parents=True, exist_ok=True)
        (package.parent / place).symlink_to(source)
    monkeypatch.setattr(project, "__file__", str(package / "graph" / "project.py"))
    found = Project.find(tmp_path)
    assert found.root == package / "project"
    assert {path.name for path, _ in found.files()} >= {"ccn.ttl", "city.ttl", "network.ttl"}
    assert "hosting-order.rq" in {path.name for path in found.questions}
