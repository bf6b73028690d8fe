"""Quiet hours of a server, and how loud single channels may be."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    for name, kind in (
        ("quiet_from_minutes", sa.Integer()),
        ("quiet_to_minutes", sa.Integer()),
        ("quiet_zone", sa.Text()),
        ("quiet_cap_percent", sa.Integer()),
    ):
        op.add_column("guild_settings", sa.Column(name, kind))
    op.create_table(
        "channel_cap",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("channel_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "channel_id", name="pk_channel_cap"),
    )
