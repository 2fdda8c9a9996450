"""Codes of receipts and certificates of 128 bits and more."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    for name in ("receipts", "certificates"):
        with op.batch_alter_table(name) as table:
            table.alter_column("code", existing_type=sa.String(24), type_=sa.String(32))


def downgrade() -> None:
    for name in ("receipts", "certificates"):
        with op.batch_alter_table(name) as table:
            table.alter_column("code", existing_type=sa.String(32), type_=sa.String(24))
