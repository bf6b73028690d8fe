"""Answers of the trigger test, as counts a sound."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "sound_rating",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sound", sa.Text(), nullable=False),
        sa.Column("pleasant", sa.Integer(), nullable=False),
        sa.Column("unpleasant", sa.Integer(), nullable=False),
        sa.Column("tingled", sa.Integer(), nullable=False),
        sa.Column("did_not", sa.Integer(), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "sound", name="pk_sound_rating"),
    )
