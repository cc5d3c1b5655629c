"""A form of the database after the present one: a step that is made up, as the next version may have one."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import pytest

from store.database import migrate

NEXT: Final = "9000"
_STEP: Final = f'''"""Something more about operators and people, and a table of its own."""

import sqlalchemy as sa
from alembic import op

revision = "{NEXT}"
down_revision = "{migrate.REVISION}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The operators that are there are known by their names."""
    op.create_table("made_up", sa.Column("one", sa.Text, primary_key=True))
    op.add_column("person", sa.Column("made_up", sa.Text, nullable=False, server_default=""))
    op.add_column("operator", sa.Column("known_as", sa.Text, nullable=False, server_default=""))
    op.execute("UPDATE operator SET known_as = name")
'''


def install_next_version(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """From here on the program is the next version: it has one step more, in this folder."""
    steps = folder / "migrations"
    present = Path(migrate.__file__).parent / "migrations"
    shutil.copytree(present, steps, ignore=shutil.ignore_patterns("__pycache__"))
    (steps / "versions" / f"v{NEXT}_made_up.py").write_text(_STEP)
    monkeypatch.setattr(migrate, "_STEPS", steps)
    monkeypatch.setattr(migrate, "REVISION", NEXT)
