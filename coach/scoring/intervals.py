"""How sure a share is."""

from __future__ import annotations

import math

Z95 = 1.959963984540054


def wilson(count: float, total: int) -> tuple[float, float]:
    """The Wilson score interval, 95%, of a share; (0, 1) where there is nothing to share.

    Source: E. B. Wilson, “Probable inference, the law of succession, and statistical inference”, JASA 22 (1927).
    """
    if total <= 0:
        return 0.0, 1.0
    p = count / total
    z2 = Z95 * Z95
    middle = (p + z2 / (2 * total)) / (1 + z2 / total)
    half = Z95 * math.sqrt(p * (1 - p) / total + z2 / (4 * total * total)) / (1 + z2 / total)
    return max(0.0, middle - half), min(1.0, middle + half)
