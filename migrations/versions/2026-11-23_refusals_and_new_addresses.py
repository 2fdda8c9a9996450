"""What was refused, and mail to an address that its recipient has yet to prove."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "refusals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "wrong-proof",
                "forged-link",
                "unknown-form",
                "too-often",
                "not-allowed",
                "bad-file",
                name="refusalkind",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("endpoint", sa.String(length=80), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_refusals_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusals")),
    )
    op.create_index(op.f("ix_refusals_since"), "refusals", ["since"])
    op.create_index(op.f("ix_refusals_user_id"), "refusals", ["user_id"])
    op.add_column("messages", sa.Column("address", sa.String(length=254), nullable=True))


def downgrade() -> None:
    op.drop_column("messages", "address")
    op.drop_table("refusals")
