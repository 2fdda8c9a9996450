"""ranking runs."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "ranking_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "computing",
                "done",
                "stopped",
                "failed",
                name="runstate",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["users.id"], name=op.f("fk_ranking_runs_asked_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_ranking_runs_round_id_rounds")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking_runs")),
    )
    with op.batch_alter_table("ranking_runs") as runs:
        runs.create_index(op.f("ix_ranking_runs_round_id"), ["round_id"], unique=False)
    with op.batch_alter_table("standings") as standings:
        standings.add_column(sa.Column("details", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    with op.batch_alter_table("standings") as standings:
        standings.drop_column("details")
    with op.batch_alter_table("ranking_runs") as runs:
        runs.drop_index(op.f("ix_ranking_runs_round_id"))
    op.drop_table("ranking_runs")
