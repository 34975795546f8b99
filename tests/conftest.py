"""For all tests of the application's environment."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the browser tests last: Playwright keeps an event loop running, which asynchronous tests cannot share."""
    items.sort(key=lambda item: "browser" in item.path.parts)
