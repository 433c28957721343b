"""Characters that no text of the site may contain."""

from __future__ import annotations

import re

# C0 but tab and line ends, DEL, C1, and the two that are no characters at all.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
