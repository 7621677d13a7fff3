"""Pictures of the reviewers' page.

From a running service, as the README shows it: ``python -m tests.support.screenshots http://localhost:3000/ --out
docs/reviewers-page.png``. Without an address, of the fake queue: every page into a folder, to look at.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
from pathlib import Path

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from serving.items import Decision
from serving.pages import create_pages
from tests.support.browser import chromium, set_viewport
from tests.support.fake_items import NOW, FakeItems, make_queue
from tests.support.live_server import serving


def picture(
    driver: Chrome, out: Path, *, width: int = 1280, dark: bool = False, height: int | None = None
) -> None:
    """Save the page that the browser shows, its whole length unless a height is given."""
    set_viewport(driver, width=width, height=height or 600, dark=dark)
    if height is None:
        length = driver.execute_script("return document.documentElement.scrollHeight")
        set_viewport(driver, width=width, height=int(length), dark=dark)
    shot = driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(base64.b64decode(shot["data"]))


def reviewers_page(address: str, out: Path) -> None:
    """The picture of the README: the first remittance match of a running service, or its list where there is none."""
    with chromium() as driver:
        driver.get(f"{address.rstrip('/')}/?kind=remittance-match")
        links = driver.find_elements(By.CSS_SELECTOR, "table.items a.open")
        if links:
            driver.get(str(links[0].get_attribute("href")))
        picture(driver, out, height=1240)


def every_page(folder: Path) -> None:
    """Each page of the fake queue, light, dark and narrow."""
    items = FakeItems(make_queue(60))
    with serving(create_pages(items, clock=lambda: NOW)) as address, chromium() as driver:
        for name, path in (
            ("list", "/"),
            ("empty", "/?kind=unreadable&lane=escalate"),
            ("match", "/items/item-1?candidate=3"),
            ("denial", "/items/item-2"),
            ("rejected", "/items/item-3"),
            ("unreadable", "/items/item-4"),
            ("automatic", "/items/item-5"),
            ("missing", "/items/nothing"),
        ):
            driver.get(address + path)
            picture(driver, folder / f"{name}.png")
            picture(driver, folder / f"{name}-dark.png", dark=True)
            picture(driver, folder / f"{name}-narrow.png", width=360)
        driver.get(f"{address}/items/item-1")
        other = Decision("choose", "Grace Hopper", "claim-b", "the visit of the 12th")
        asyncio.run(items.decide("item-1", other, version=1))
        driver.find_element(By.ID, "reviewer").send_keys("Ada Lovelace")
        driver.find_element(By.CSS_SELECTOR, "button[value=accept]").click()
        picture(driver, folder / "conflict.png")
        driver.get(f"{address}/items/item-2")
        driver.find_element(By.ID, "reviewer").send_keys("Ada Lovelace")
        driver.find_element(By.CSS_SELECTOR, "button[value=accept]").click()
        picture(driver, folder / "refused.png")


def main() -> None:
    """Take the pictures that the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("address", nargs="?", help="where the pages are served; the fake queue without it")
    parser.add_argument(
        "--out", type=Path, required=True, help="the PNG to write, or a folder for the fake queue"
    )
    arguments = parser.parse_args()
    if arguments.address:
        reviewers_page(arguments.address, arguments.out)
    else:
        every_page(arguments.out)


if __name__ == "__main__":
    main()
