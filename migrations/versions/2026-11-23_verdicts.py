"""verdicts."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    with op.batch_alter_table("rounds") as rounds:
        rounds.add_column(
            sa.Column(
                "aggregation",
                sa.Enum("unanimous", "majority", name="aggregation", native_enum=False, length=30),
                nullable=True,
            )
        )
    op.create_table(
        "consensuses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("passes", sa.Integer(), nullable=False),
        sa.Column("fails", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_consensuses_round_id_rounds")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_consensuses_entry_id_entries")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_consensuses_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consensuses")),
    )
    with op.batch_alter_table("consensuses") as consensuses:
        consensuses.create_index(
            op.f("ix_consensuses_round_id_consensuses_entry_id"), ["round_id", "entry_id"]
        )
        consensuses.create_index(op.f("ix_consensuses_entry_id"), ["entry_id"])


def downgrade() -> None:
    op.drop_table("consensuses")
    with op.batch_alter_table("rounds") as rounds:
        rounds.drop_column("aggregation")
