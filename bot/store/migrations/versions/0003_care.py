"""Self-care: what is not for whom, what calmed whom, and the guides on their way."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "refused_pairing",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("pairing_id", sa.Text(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "pairing_id", name="pk_refused_pairing"),
    )
    op.create_table(
        "care_outcome",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("pairing_id", sa.Text(), nullable=False),
        sa.Column("felt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sound", sa.Text()),
        sa.Column("calmer", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "pairing_id", "felt_at", name="pk_care_outcome"),
    )
    op.create_table(
        "guide",
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("guild_id", sa.BigInteger()),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content_id", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("sound", sa.Text()),
        sa.Column("reached_s", sa.Float(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True)),
        sa.Column("pace", sa.Float(), nullable=False),
        sa.Column("voice_channel_id", sa.BigInteger()),
        sa.Column("began_sound", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name="pk_guide"),
    )
