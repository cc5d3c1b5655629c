"""The audit: who saw what of whom, in chains that are only continued, and shortened from their beginning."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_SAYS = "the audit is append-only"
_SQLITE_TRIGGERS = (
    f"CREATE TRIGGER audit_is_never_updated BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END",
    "CREATE TRIGGER audit_goes_from_its_beginning BEFORE DELETE ON audit "
    "WHEN OLD.number <> (SELECT min(number) FROM audit WHERE chain = OLD.chain) "
    f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END",
    # Also against INSERT OR REPLACE, which deletes without asking the trigger above.
    "CREATE TRIGGER audit_comes_after BEFORE INSERT ON audit "
    "WHEN NEW.number <= coalesce((SELECT max(number) FROM audit WHERE chain = NEW.chain), 0) "
    f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END",
)
_RAISE = f"RAISE EXCEPTION '{_SAYS}' USING ERRCODE = 'integrity_constraint_violation'"
_POSTGRESQL_TRIGGERS = (
    f"CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {_RAISE}; END $$",
    "CREATE TRIGGER audit_is_never_updated BEFORE UPDATE ON audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()",
    "CREATE TRIGGER audit_is_never_truncated BEFORE TRUNCATE ON audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()",
    "CREATE FUNCTION audit_goes_from_its_beginning() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF OLD.number <> (SELECT min(number) FROM audit WHERE chain = OLD.chain) THEN "
    f"{_RAISE}; END IF; RETURN OLD; END $$",
    "CREATE TRIGGER audit_goes_from_its_beginning BEFORE DELETE ON audit "
    "FOR EACH ROW EXECUTE FUNCTION audit_goes_from_its_beginning()",
    "CREATE FUNCTION audit_comes_after() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF NEW.number <= coalesce((SELECT max(number) FROM audit WHERE chain = NEW.chain), 0) THEN "
    f"{_RAISE}; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER audit_comes_after BEFORE INSERT ON audit "
    "FOR EACH ROW EXECUTE FUNCTION audit_comes_after()",
)


def upgrade() -> None:
    """Nothing has been seen yet."""
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "audit",
        sa.Column("chain", text, primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("actor", text, nullable=False),
        sa.Column("origin", text, nullable=False),
        sa.Column("action", text, nullable=False),
        sa.Column("subjects", text, nullable=False),
        sa.Column("detail", text, nullable=False),
        sa.Column("mac", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_audit_at_us", "audit", ["at_us"])
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _SQLITE_TRIGGERS if sqlite else _POSTGRESQL_TRIGGERS:
        op.execute(statement)
