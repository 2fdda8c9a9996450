"""eligibility by answers."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("teams") as teams:
        teams.drop_column("eligible_at")


def downgrade() -> None:
    with op.batch_alter_table("teams") as teams:
        teams.add_column(sa.Column("eligible_at", sa.DateTime(timezone=True), nullable=True))
