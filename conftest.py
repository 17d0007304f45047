"""Tests and nbval open deals that are kept nowhere: nobody's own deals are read or written.

This file has to stay at the root, so that it holds for the chapters in `playbook/` as well.
"""

import os

os.environ["PLAYBOOK_STORE"] = ":memory:"
for name in ("PLAYBOOK_DEAL", "PLAYBOOK_HOME"):
    os.environ.pop(name, None)
