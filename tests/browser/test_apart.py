from __future__ import annotations

import asyncio

from tests.browser.reader import Chromium


def test_tests_that_need_no_browser_may_have_an_event_loop_of_their_own(chromium: Chromium) -> None:
    assert chromium.browser.is_connected()
    assert asyncio.run(asyncio.sleep(0, "done")) == "done"
