"""ballots."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    with op.batch_alter_table("rounds") as rounds:
        rounds.add_column(sa.Column("budget", sa.Integer(), nullable=False, server_default="100"))
        rounds.add_column(
            sa.Column("ties_allowed", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        rounds.create_check_constraint(op.f("ck_rounds_budget"), "budget > 0")
    op.create_table(
        "ballots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("set_aside_by", sa.Uuid(), nullable=True),
        sa.Column("set_aside_reason", sa.String(length=1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_ballots_round_id_rounds")
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.id"],
            name=op.f("fk_ballots_appointment_id_appointments"),
        ),
        sa.ForeignKeyConstraint(
            ["set_aside_by"], ["users.id"], name=op.f("fk_ballots_set_aside_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballots")),
        sa.UniqueConstraint(
            "round_id",
            "appointment_id",
            "revision",
            name=op.f("uq_ballots_round_id_appointment_id_revision"),
        ),
    )
    with op.batch_alter_table("ballots") as ballots:
        ballots.create_index(op.f("ix_ballots_appointment_id"), ["appointment_id"])
        ballots.create_index(
            "uq_ballots_draft",
            ["round_id", "appointment_id"],
            unique=True,
            sqlite_where=sa.text("submitted_at IS NULL"),
            postgresql_where=sa.text("submitted_at IS NULL"),
        )
    op.create_table(
        "choices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ballot_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ballot_id"], ["ballots.id"], name=op.f("fk_choices_ballot_id_ballots")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_choices_entry_id_entries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_choices")),
        sa.UniqueConstraint("ballot_id", "entry_id", name=op.f("uq_choices_ballot_id_entry_id")),
    )
    with op.batch_alter_table("choices") as choices:
        choices.create_index(op.f("ix_choices_entry_id"), ["entry_id"])


def downgrade() -> None:
    op.drop_table("choices")
    op.drop_table("ballots")
    with op.batch_alter_table("rounds") as rounds:
        rounds.drop_constraint(op.f("ck_rounds_budget"), type_="check")
        rounds.drop_column("ties_allowed")
        rounds.drop_column("budget")
