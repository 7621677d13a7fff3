"""Headless Chromium, driven by Debian's chromedriver: nothing is downloaded and nothing is reported."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.wait import WebDriverWait

CHROMIUM = shutil.which("chromium")
CHROMEDRIVER = shutil.which("chromedriver")
MISSING = "Chromium and chromedriver are not installed (Debian: apt install chromium chromium-driver)"
_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


def is_installed() -> bool:
    """Whether a browser test can run here."""
    return bool(CHROMIUM and CHROMEDRIVER)


class _Browser(Chrome):
    def get(self, url: str) -> None:
        """Go to a page and wait for its style sheets: on a busy machine the driver may come back before they are in."""
        super().get(url)
        WebDriverWait(self, 20).until(
            lambda _: self.execute_script("return document.readyState") == "complete"
        )  # type: ignore[no-untyped-call]


@contextmanager
def chromium(*, width: int = 1280, height: int = 900) -> Iterator[Chrome]:
    """A browser with a profile of its own; its performance and console logs are kept."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = ChromeOptions()
        options.binary_location = CHROMIUM or ""
        for argument in (*_ARGUMENTS, f"--user-data-dir={profile}", f"--window-size={width},{height}"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        driver = _Browser(options=options, service=Service(CHROMEDRIVER))
        try:
            yield driver
        finally:
            driver.quit()


def set_viewport(driver: Chrome, *, width: int, height: int, dark: bool = False) -> None:
    """Make the page exactly this large in CSS pixels, which a window cannot be below some 500."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    features = [
        {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
        {"name": "prefers-reduced-motion", "value": "reduce"},
    ]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def page_width(driver: Chrome) -> int:
    """What the page needs from left to right, CSS pixels: above the viewport's width, it scrolls sideways."""
    return int(driver.execute_script("return document.documentElement.scrollWidth"))  # type: ignore[no-untyped-call]


def requested_hosts(driver: Chrome) -> set[str]:
    """Host and port of everything that pages asked for since the log was last read."""
    hosts = set()
    for entry in driver.get_log("performance"):  # type: ignore[no-untyped-call]
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            url = urlsplit(message["params"]["request"]["url"])
            if url.scheme in ("http", "https", "ws", "wss", "ftp"):
                hosts.add(url.netloc)
    return hosts


def console_messages(driver: Chrome) -> list[str]:
    """What the browser complained of since the log was last read: scripts' errors, violations of the policy."""
    return [str(entry["message"]) for entry in driver.get_log("browser")]  # type: ignore[no-untyped-call]
