from __future__ import annotations

from hypothesis import settings

# The first example of a test compiles what it calls.
settings.register_profile("kernels", deadline=None)
settings.load_profile("kernels")
