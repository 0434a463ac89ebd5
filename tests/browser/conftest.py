from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.reader import PATIENCE, Chromium, Reader
from tests.serving import Server

#: A browser without screen that asks nobody anything by itself, also as root in a container; names lead nowhere.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """Start Chromium once."""
    program = os.environ.get("CCN_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        wanted = "no Chromium: install it (Debian: apt-get install chromium) or name its program in CCN_CHROMIUM"
        if os.environ.get("CI"):
            pytest.fail(wanted)
        pytest.skip(wanted)
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        running = Chromium(playwright.chromium.launch(executable_path=program, args=FLAGS), asyncio.get_running_loop())
        asyncio._set_running_loop(None)
        yield running
        asyncio._set_running_loop(running.loop)
        running.browser.close()


@pytest.fixture
def reader(chromium: Chromium, site_server: Server, screenshots: Path | None) -> Iterator[Reader]:
    """Open pages, and see at the end that none has asked others for anything or complained."""
    with chromium.at_work() as browser:
        reader = Reader(browser, site_server.url, screenshots)
        yield reader
        reader.leave()
    assert not reader.faults


@pytest.fixture
def page(reader: Reader) -> Page:
    """Give a tab of a reader of English."""
    return reader.tab()


@pytest.fixture(scope="session")
def screenshots() -> Path | None:
    """Give the directory for pictures of pages, CCN_SCREENSHOTS, if there is to be one."""
    if not os.environ.get("CCN_SCREENSHOTS"):
        return None
    directory = Path(os.environ["CCN_SCREENSHOTS"])
    directory.mkdir(parents=True, exist_ok=True)
    return directory


@pytest.fixture(scope="session")
def axe() -> str:
    """Give the program of axe-core, which examines pages for barriers."""
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
