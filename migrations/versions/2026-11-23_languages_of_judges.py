"""languages of judges."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    with op.batch_alter_table("appointments") as appointments:
        appointments.add_column(
            sa.Column("bridges", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        appointments.add_column(
            sa.Column("languages", sa.JSON(), nullable=False, server_default="[]")
        )
    with op.batch_alter_table("entries") as entries:
        entries.add_column(sa.Column("lang", sa.String(10), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("entries") as entries:
        entries.drop_column("lang")
    with op.batch_alter_table("appointments") as appointments:
        appointments.drop_column("languages")
        appointments.drop_column("bridges")
