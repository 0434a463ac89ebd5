"""Someone who reads the pages with Chromium, and notices whatever a page should not do."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

#: How long a page may take on a machine that does much else, in milliseconds.
PATIENCE = 60_000


@dataclass(frozen=True)
class Chromium:
    """A running browser, and the event loop that talks to it."""

    browser: Browser
    loop: asyncio.AbstractEventLoop

    @contextmanager
    def at_work(self) -> Iterator[Browser]:
        """Use the browser.

        Playwright's synchronous interface leaves its loop marked as running between calls. It is marked in this block
        only, so that other tests in the same process can have a loop of their own.
        """
        asyncio._set_running_loop(self.loop)
        try:
            yield self.browser
        finally:
            asyncio._set_running_loop(None)


@dataclass(repr=False)
class Reader:
    """Opens tabs, each in a session of its own, and writes down what is wrong with the pages in them."""

    browser: Browser
    url: str
    screenshots: Path | None
    faults: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    """Parts of complaints that a test provokes."""
    _contexts: list[BrowserContext] = field(default_factory=list)

    def tab(self, language: str = "en", *, width: int = 1280, dark: bool = False, script: bool = True) -> Page:
        """Open an empty tab as a new reader who prefers `language` and a light or dark screen of that width."""
        context = self.browser.new_context(
            base_url=self.url,
            locale=language,
            color_scheme="dark" if dark else "light",
            viewport={"width": width, "height": 900},
            java_script_enabled=script,
            reduced_motion="reduce",
            permissions=["clipboard-read", "clipboard-write"],
        )
        self._contexts.append(context)
        context.set_default_timeout(PATIENCE)
        # Whatever is for somebody else is refused, and written down.
        context.route(re.compile(rf"^(?!{re.escape(self.url)}/|data:|blob:)"), lambda route: route.abort())
        context.on("request", self._requested)
        context.on("console", self._complained)
        context.on("weberror", lambda failed: self._note(f"{failed.page and failed.page.url}: {failed.error}"))
        return context.new_page()

    def picture(self, page: Page, name: str) -> None:
        """Keep a picture of the whole page, if anybody wants to look at it."""
        if self.screenshots:
            page.screenshot(path=self.screenshots / f"{name}.png", full_page=True, animations="disabled")

    def leave(self) -> None:
        """Close all tabs."""
        for context in self._contexts:
            context.close()

    def _requested(self, request: Request) -> None:
        if not request.url.startswith((f"{self.url}/", "data:", "blob:")):
            self._note(f"{request.frame.url} asked for {request.url}")

    def _complained(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._note(f"{message.location.get('url')}: {message.text}")

    def _note(self, fault: str) -> None:
        if not any(part in fault for part in self.expected):
            self.faults.append(fault)
