"""Evenings: bedtime rules, what is due from them, wind-downs, and nights as people told them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def _instant(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _id(name: str, *, nullable: bool = False) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=nullable)


def upgrade() -> None:
    _rules()
    op.create_table(
        "direct_channel",
        _id("user_id"),
        _id("channel_id", nullable=True),
        _instant("closed_at", nullable=True),
        sa.PrimaryKeyConstraint("user_id", name="pk_direct_channel"),
    )
    op.create_table(
        "familiar_guild",
        _id("user_id"),
        _id("guild_id"),
        _instant("used_at"),
        sa.PrimaryKeyConstraint("user_id", "guild_id", name="pk_familiar_guild"),
    )
    op.create_table(
        "winddown",
        _id("user_id"),
        sa.Column("sound", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("pairing", sa.Text()),
        _instant("updated_at"),
        sa.PrimaryKeyConstraint("user_id", name="pk_winddown"),
    )
    op.create_table(
        "night",
        _id("user_id"),
        sa.Column("date", sa.Text(), nullable=False),
        sa.Column("lay_down", sa.Integer()),
        sa.Column("fell_asleep", sa.Integer()),
        sa.Column("woke", sa.Integer()),
        sa.Column("got_up", sa.Integer()),
        sa.Column("quality", sa.Integer()),
        _instant("expires_at"),
        sa.PrimaryKeyConstraint("user_id", "date", name="pk_night"),
    )
    op.create_index("ix_night_expires_at", "night", ["expires_at"])


def _rules() -> None:
    op.create_table(
        "reminder_rule",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        _id("user_id"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("at_minutes", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("lead_minutes", sa.Integer(), nullable=False),
        _id("guild_id", nullable=True),
        _id("channel_id", nullable=True),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("n_ignored", sa.Integer(), nullable=False),
        sa.Column("data_version", sa.Text(), nullable=False),
        _instant("updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_reminder_rule"),
    )
    op.create_index("ix_reminder_rule_user_id", "reminder_rule", ["user_id"])
    op.create_index("ix_reminder_rule_data_version", "reminder_rule", ["data_version"])
    op.create_table(
        "reminder",
        _id("user_id"),
        sa.Column("kind", sa.Text(), nullable=False),
        _id("rule_id"),
        _instant("about_at"),
        _instant("due_at"),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("n_missed", sa.Integer(), nullable=False),
        sa.Column("n_tries", sa.Integer(), nullable=False),
        sa.Column("holder", sa.Text()),
        _instant("leased_until", nullable=True),
        sa.PrimaryKeyConstraint("user_id", "kind", "rule_id", name="pk_reminder"),
    )
    op.create_index("ix_reminder_due_at", "reminder", ["due_at"])
    op.create_index("ix_reminder_leased_until", "reminder", ["leased_until"])
    op.create_index("ix_reminder_rule_id", "reminder", ["rule_id"])
    op.create_table(
        "reminder_process",
        sa.Column("name", sa.Text(), nullable=False),
        _instant("seen_at"),
        sa.PrimaryKeyConstraint("name", name="pk_reminder_process"),
    )
    op.create_table(
        "reminder_channel",
        _id("guild_id"),
        _id("channel_id"),
        sa.PrimaryKeyConstraint("guild_id", "channel_id", name="pk_reminder_channel"),
    )
