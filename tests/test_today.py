from __future__ import annotations

import datetime
import subprocess
import sys

import pytest

from ccn_graph.text import today
from tests.conftest import ROOT


@pytest.mark.parametrize(("zone", "hours"), [("Asia/Tokyo", 9), ("Pacific/Kiritimati", 14), ("Etc/GMT+12", -12)])
def test_today_is_the_date_in_the_stated_zone(zone: str, hours: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(today.VARIABLE, zone)
    before, found, after = _date(hours), today.today(), _date(hours)
    assert before <= found <= after


def _date(hours: int) -> datetime.date:
    return (datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=hours)).date()


def test_unless_it_is_stated_the_zone_is_that_of_japan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(today.VARIABLE, raising=False)
    assert today.zone_name() == "Asia/Tokyo"


def test_every_module_asks_there_what_day_it_is() -> None:
    clocks = [
        path for path in (ROOT / "ccn_graph").rglob("*.py")
        if "date.today()" in path.read_text(encoding="utf-8") and path.name != "today.py"
    ]  # fmt: skip
    assert clocks == []


def test_a_question_is_asked_for_the_date_in_the_zone_and_an_unknown_zone_is_refused() -> None:
    command = [sys.executable, "-m", "ccn_graph", "ask", "unconfirmed-meetings", "--root", str(ROOT), "--time-zone"]
    refused = subprocess.run([*command, "Asia/Nowhere"], capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "Asia/Tokyo" in refused.stderr
    assert subprocess.run([*command, "UTC"], capture_output=True, check=False).returncode == 0
