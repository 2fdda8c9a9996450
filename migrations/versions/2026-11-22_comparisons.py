"""comparisons."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "comparisons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("left_id", sa.Uuid(), nullable=True),
        sa.Column("right_id", sa.Uuid(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "left", "right", "tie", "skipped", name="outcome", native_enum=False, length=30
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_comparisons_round_id_rounds")
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.id"],
            name=op.f("fk_comparisons_appointment_id_appointments"),
        ),
        sa.ForeignKeyConstraint(
            ["left_id"], ["entries.id"], name=op.f("fk_comparisons_left_id_entries")
        ),
        sa.ForeignKeyConstraint(
            ["right_id"], ["entries.id"], name=op.f("fk_comparisons_right_id_entries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comparisons")),
    )
    with op.batch_alter_table("comparisons") as comparisons:
        comparisons.create_index(
            op.f("ix_comparisons_round_id_comparisons_superseded_at"), ["round_id", "superseded_at"]
        )
        comparisons.create_index(op.f("ix_comparisons_appointment_id"), ["appointment_id"])
    op.create_table(
        "visits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("current_id", sa.Uuid(), nullable=True),
        sa.Column("next_id", sa.Uuid(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_visits_round_id_rounds")
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.id"],
            name=op.f("fk_visits_appointment_id_appointments"),
        ),
        sa.ForeignKeyConstraint(
            ["current_id"], ["entries.id"], name=op.f("fk_visits_current_id_entries")
        ),
        sa.ForeignKeyConstraint(
            ["next_id"], ["entries.id"], name=op.f("fk_visits_next_id_entries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
        sa.UniqueConstraint(
            "round_id", "appointment_id", name=op.f("uq_visits_round_id_appointment_id")
        ),
    )


def downgrade() -> None:
    op.drop_table("visits")
    op.drop_table("comparisons")
