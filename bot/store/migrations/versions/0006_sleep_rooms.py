"""Sleep rooms, how long an empty channel is kept, and a server's time zone."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column(
        "guild_settings", sa.Column("empty_minutes", sa.Integer(), nullable=False, server_default="5")
    )
    op.add_column("guild_settings", sa.Column("timezone", sa.Text(), nullable=True))
    op.create_table(
        "sleep_room",
        sa.Column("room_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("sound", sa.Text(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("to_minute", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("room_id", name="pk_sleep_room"),
    )
    op.create_index("ix_sleep_room_guild_id", "sleep_room", ["guild_id"])
