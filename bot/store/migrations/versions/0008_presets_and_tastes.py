"""Mixes people saved, sounds they like best, sounds they never want to hear."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "preset",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mix", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "name_key", name="pk_preset"),
    )
    for table in ("favourite_sound", "blocked_sound"):
        op.create_table(
            table,
            sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
            sa.Column("sound", sa.Text(), nullable=False),
            sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
            sa.PrimaryKeyConstraint("user_id", "sound", name=f"pk_{table}"),
        )
