"""A page in a browser, with what it asked the network for and what went wrong in it."""

from typing import Any

PATIENCE = 120_000  # milliseconds, on a machine that does other things too


class Opened:
    """A page that was opened, with what it asked the network for and what went wrong in it."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.asked: list[str] = []
        self.faults: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        page.on("dialog", lambda dialog: (self.faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    def ready(self) -> Any:
        """The page, once Python runs in it."""
        self.page.locator("html[data-ready]").wait_for()
        return self.page
