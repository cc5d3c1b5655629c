"""The command line of a center that does not run, too."""

from tests.center.conftest import run  # noqa: F401
