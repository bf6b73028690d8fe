"""The first tables: what should sound in each server, and what servers and people have set."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "voice_session",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("volume_percent", sa.Integer(), nullable=False),
        sa.Column("position_frames", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True)),
        sa.Column("tail_s", sa.Float(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("asked_by", sa.BigInteger()),
        sa.Column("panel_channel_id", sa.BigInteger()),
        sa.Column("panel_message_id", sa.BigInteger()),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name="pk_voice_session"),
    )
    op.create_table(
        "guild_settings",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("listener_role_id", sa.BigInteger()),
        sa.Column("timer_default_minutes", sa.Integer(), nullable=False),
        sa.Column("tail_minutes", sa.Integer(), nullable=False),
        sa.Column("volume_cap_percent", sa.Integer(), nullable=False),
        sa.Column("leave_at_end", sa.Boolean(), nullable=False),
        sa.Column("voice_status", sa.Boolean(), nullable=False),
        sa.Column("language", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name="pk_guild_settings"),
    )
    op.create_table(
        "person_settings",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("language", sa.Text()),
        sa.Column("country", sa.Text()),
        sa.Column("timezone", sa.Text()),
        sa.Column("quiet", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_person_settings"),
    )
