"""tie breaks."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    with op.batch_alter_table("rounds") as rounds:
        rounds.add_column(
            sa.Column("ladder", sa.JSON(), nullable=False, server_default='["criteria", "median"]')
        )
        rounds.add_column(
            sa.Column("lot_seed", sa.String(length=40), nullable=False, server_default="")
        )


def downgrade() -> None:
    with op.batch_alter_table("rounds") as rounds:
        rounds.drop_column("lot_seed")
        rounds.drop_column("ladder")
