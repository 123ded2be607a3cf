"""How often one visitor may do a thing: so many times at once, then again in a while."""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

REMEMBERED = 10_000  # visitors; whoever came longest ago is forgotten first


class Allowance:
    """`most` times at once for each name, and one more every `every_s` seconds."""

    def __init__(
        self, most: int, every_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._every_s, self._clock = most, every_s, clock
        self._full_at: OrderedDict[str, float] = OrderedDict()
        self._lock = Lock()

    def take(self, name: str) -> bool:
        """Use one; whether there was one left."""
        now = self._clock()
        with self._lock:
            full_at = max(self._full_at.pop(name, now), now)
            granted = full_at - now <= (self._most - 1) * self._every_s
            self._full_at[name] = full_at + self._every_s if granted else full_at
            if len(self._full_at) > REMEMBERED:
                self._full_at.popitem(last=False)
        return granted
