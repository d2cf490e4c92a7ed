"""A browser for the tests of the chat page: fixtures for a module with a ``base_url`` of its own.

Playwright need not be installed: the tests that ask for a browser are skipped then.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Locator, Page

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PHONE = {"width": 360, "height": 740}
PATIENCE = 30_000
"""Milliseconds until something that should show is given up on."""

Visit = Callable[..., "Page"]


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with api.sync_playwright() as playwright:
        found = next(filter(None, map(shutil.which, BROWSERS)), None) or playwright.chromium.executable_path
        if not Path(found).exists():
            pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is installed")
        sandbox = hasattr(os, "geteuid") and os.geteuid() != 0
        with playwright.chromium.launch(executable_path=found, chromium_sandbox=sandbox) as browser:
            yield browser


@pytest.fixture
def visit(browser: "Browser", base_url: str) -> Iterator[Visit]:
    """Return a function that opens the page; no page of the test may log an error, break a rule of its CSP or throw."""
    contexts = []
    wrong: list[str] = []

    def note(message: "ConsoleMessage") -> None:
        # A refusal that a test asks for is logged as well.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            wrong.append(message.text)

    def opened(address: str = "/", *, locale: str = "zh-CN", **options: Any) -> "Page":
        context = browser.new_context(base_url=base_url, locale=locale, reduced_motion="reduce", **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(address)
        page.bring_to_front()  # where several are open, only one has the focus
        return page

    pytest.importorskip("playwright.sync_api").expect.set_options(timeout=PATIENCE)
    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


def ask(page: "Page", question: str) -> "Locator":
    """Ask, and return the turn once it is answered."""
    page.locator("#question").fill(question)
    page.keyboard.press("Enter")
    turn = page.locator(".turn").last
    turn.locator(".answer, .none").wait_for()
    return turn


def width(page: "Page") -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


def violations(page: "Page") -> list[tuple[str, list[str]]]:
    """Return what axe finds, each rule with the elements that break it."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    found = axe.run(page).response["violations"]
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]
