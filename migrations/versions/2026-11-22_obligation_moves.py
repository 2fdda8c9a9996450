"""obligation moves."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "obligation_moves",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("before", sa.Date(), nullable=False),
        sa.Column("after", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["obligation_id"],
            ["obligations.id"],
            name=op.f("fk_obligation_moves_obligation_id_obligations"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["users.id"], name=op.f("fk_obligation_moves_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligation_moves")),
    )
    with op.batch_alter_table("obligation_moves") as obligation_moves:
        obligation_moves.create_index(op.f("ix_obligation_moves_obligation_id"), ["obligation_id"])


def downgrade() -> None:
    op.drop_table("obligation_moves")
