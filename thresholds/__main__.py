"""`python -m thresholds`: the command."""

from __future__ import annotations

import sys

from thresholds.cli import main

sys.exit(main())
