"""What a browser complains about while a test runs: errors, warnings, uncaught exceptions."""

import re

from playwright.sync_api import BrowserContext, ConsoleMessage, WebError

# (part of the text, part of the address): what says nothing about the app.
HARMLESS = (
    # Software rendering, when a test takes a picture of a map.
    ("GPU stall due to ReadPixels", ""),
    # A tablet finds out whether the office answers by asking, and which photos it has.
    ("net::ERR_CONNECTION_REFUSED", "/health"),
    ("net::ERR_INTERNET_DISCONNECTED", "/health"),
    ("status of 404", "/attachments/"),
    # An open form asks for its row on paper, if the office answers.
    ("net::ERR_", "/paper"),
    # So does a photo that is shown large; the small one is here.
    ("net::ERR_", "/attachments/"),
    # The icon of the app, looked at for an offer to install it, of a page that was left meanwhile.
    ("icon-192.png (Download error or resource isn't a valid image)", "about:blank"),
)


class Complaints:
    """Collects the complaints of a context; `allow` names those that a test brings about on purpose."""

    def __init__(self, context: BrowserContext) -> None:
        self.found: list[str] = []
        self.allowed: list[re.Pattern[str]] = []
        context.on("console", self._hear)
        context.on("weberror", self._catch)

    def allow(self, pattern: str) -> None:
        """From now on and in hindsight, complaints that match are expected."""
        self.allowed.append(re.compile(pattern))

    def check(self) -> None:
        """Fails where there was an unexpected one."""
        unexpected = [text for text in self.found if not any(pattern.search(text) for pattern in self.allowed)]
        assert not unexpected, "the browser complained:\n" + "\n".join(unexpected)

    def _hear(self, message: ConsoleMessage) -> None:
        address = str(message.location.get("url", ""))
        is_harmless = any(text in message.text and part in address for text, part in HARMLESS)
        if message.type in ("error", "warning") and not is_harmless:
            self.found.append(f"{message.type}: {message.text} ({address})")

    def _catch(self, error: WebError) -> None:
        self.found.append(f"exception: {error.error.stack or error.error.message}")
