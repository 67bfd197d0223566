"""Both programs, side by side, as the tests of convergence have them."""

from tests.convergence.conftest import both, fresh

assert [both, fresh]  # fixtures
