"""Tests and nbval open deals that are kept nowhere: nobody's own deals are read or written.

This file has to stay at the root, so that it holds for the chapters in `playbook/` as well.
"""

import os

os.environ["PLAYBOOK_STORE"] = ":memory:"
for name in ("PLAYBOOK_DEAL", "PLAYBOOK_HOME"):
    os.environ.pop(name, None)


def pytest_collection_modifyitems(items):
    """Browser tests come last: while Playwright runs, its event loop is this thread's running one,
    and whatever asks for a running loop would wait for it."""
    items.sort(key=lambda item: "browser" in item.path.parts)
