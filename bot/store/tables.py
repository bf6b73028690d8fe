"""The schema: what the newest migration leaves behind, as the stores see it.

A column that holds a person's Discord id carries `PERSON`, so that export and erasure find it by
walking the schema. A changed table needs a new file in migrations/versions; a test compares the two.
"""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, MetaData, Table, Text

from bot.store.types import Instant

PERSON: Final[Mapping[str, bool]] = {"person": True}
SECRET: Final[Mapping[str, bool]] = {"secret": True}
"""What opens something at Discord: never shown, not even to whom it belongs."""

metadata = MetaData(
    # Fixed names let a later migration find the constraint it changes, on both engines.
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

voice_session = Table(
    "voice_session",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("plan", Text, nullable=False),
    Column("volume_percent", Integer, nullable=False),
    Column("position_frames", BigInteger, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ends_at", Instant),
    Column("tail_s", Float, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("asked_by", BigInteger, info=dict(PERSON)),
    Column("panel_channel_id", BigInteger),
    Column("panel_message_id", BigInteger),
    Column("updated_at", Instant, nullable=False),
)

sleep_room = Table(
    "sleep_room",
    metadata,
    Column("room_id", BigInteger, primary_key=True, autoincrement=False),
    Column("guild_id", BigInteger, nullable=False, index=True),
    Column("channel_id", BigInteger, nullable=False),
    Column("sound", Text, nullable=False),
    Column("from_minute", Integer, nullable=False),
    Column("to_minute", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
)

guild_settings = Table(
    "guild_settings",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("listener_role_id", BigInteger),
    Column("timer_default_minutes", Integer, nullable=False),
    Column("tail_minutes", Integer, nullable=False),
    Column("volume_cap_percent", Integer, nullable=False),
    Column("leave_at_end", Boolean, nullable=False),
    Column("voice_status", Boolean, nullable=False),
    Column("language", Text),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("moderator_channel_id", BigInteger),
    Column("empty_minutes", Integer, nullable=False, server_default="5"),
    Column("timezone", Text),
    Column("quiet_from_minutes", Integer),
    Column("quiet_to_minutes", Integer),
    Column("quiet_cap_percent", Integer),
)

channel_cap = Table(
    "channel_cap",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("channel_id", BigInteger, primary_key=True, autoincrement=False),
    Column("percent", Integer, nullable=False),
)

person_settings = Table(
    "person_settings",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False, info=dict(PERSON)),
    Column("language", Text),
    Column("country", Text),
    Column("timezone", Text),
    Column("quiet", Boolean, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

server_resource = Table(
    "server_resource",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("what", Text, nullable=False),
    Column("how", Text, nullable=False),
    Column("hours", Text),
    Column("link", Text),
    Column("added_at", Instant, nullable=False),
)

own_recording = Table(
    "own_recording",
    metadata,
    Column("guild_id", BigInteger, nullable=False),
    Column("sound_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("family", Text, nullable=False),
    Column("credit", Text, nullable=False),
    Column("licence", Text, nullable=False),
    Column("owner_id", BigInteger, nullable=False, info=dict(PERSON)),
    Column("size", Integer, nullable=False),
    Column("added_at", Instant, nullable=False),
)

guild_departure = Table(
    "guild_departure",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("left_at", Instant, nullable=False),
)

refused_pairing = Table(
    "refused_pairing",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False, info=dict(PERSON)),
    Column("pairing_id", Text, primary_key=True),
    Column("refused_at", Instant, nullable=False),
)

care_outcome = Table(
    "care_outcome",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False, info=dict(PERSON)),
    Column("pairing_id", Text, primary_key=True),
    Column("felt_at", Instant, primary_key=True),
    Column("sound", Text),
    Column("calmer", Boolean, nullable=False),
)

guide = Table(
    "guide",
    metadata,
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("guild_id", BigInteger),
    Column("user_id", BigInteger, nullable=False, info=dict(PERSON)),
    Column("kind", Text, nullable=False),
    Column("content_id", Text, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("sound", Text),
    Column("reached_s", Float, nullable=False),
    Column("since", Instant),
    Column("pace", Float, nullable=False),
    Column("voice_channel_id", BigInteger),
    Column("began_sound", Boolean, nullable=False),
    Column("reply_token", Text, info=dict(SECRET)),
    Column("reply_until", Instant),
)

reminder_rule = Table(
    "reminder_rule",
    metadata,
    # SQLite numbers rows by itself only where the key is called INTEGER.
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("user_id", BigInteger, nullable=False, info=dict(PERSON)),
    Column("kind", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("at_minutes", Integer, nullable=False),
    Column("days", Integer, nullable=False),
    Column("lead_minutes", Integer, nullable=False),
    Column("guild_id", BigInteger),
    Column("channel_id", BigInteger),
    Column("locale", Text, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("n_ignored", Integer, nullable=False),
    Column("data_version", Text, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Index("ix_reminder_rule_user_id", "user_id"),
    Index("ix_reminder_rule_data_version", "data_version"),
)

reminder = Table(
    "reminder",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False, info=dict(PERSON)),
    Column("kind", Text, primary_key=True),
    Column("rule_id", BigInteger, primary_key=True, autoincrement=False),
    Column("about_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("locale", Text, nullable=False),
    Column("n_missed", Integer, nullable=False),
    Column("n_tries", Integer, nullable=False),
    Column("holder", Text),
    Column("leased_until", Instant),
    Column("message_id", BigInteger),
    Index("ix_reminder_due_at", "due_at"),
    # Of what nobody holds the soonest, in one step.
    Index("ix_reminder_leased_until_due_at", "leased_until", "due_at"),
    Index("ix_reminder_rule_id", "rule_id"),
)

reminder_process = Table(
    "reminder_process",
    metadata,
    Column("name", Text, primary_key=True),
    Column("seen_at", Instant, nullable=False),
)

reminder_channel = Table(
    "reminder_channel",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("channel_id", BigInteger, primary_key=True, autoincrement=False),
)

direct_channel = Table(
    "direct_channel",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False, info=dict(PERSON)),
    Column("channel_id", BigInteger),
    Column("closed_at", Instant),
)

familiar_guild = Table(
    "familiar_guild",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False, info=dict(PERSON)),
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("used_at", Instant, nullable=False),
)

winddown = Table(
    "winddown",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False, info=dict(PERSON)),
    Column("sound", Text, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("pairing", Text),
    Column("updated_at", Instant, nullable=False),
)

night = Table(
    "night",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False, info=dict(PERSON)),
    Column("date", Text, primary_key=True),
    Column("lay_down", Integer),
    Column("fell_asleep", Integer),
    Column("woke", Integer),
    Column("got_up", Integer),
    Column("quality", Integer),
    Column("expires_at", Instant, nullable=False),
    Index("ix_night_expires_at", "expires_at"),
)

sound_rating = Table(
    "sound_rating",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False, info=dict(PERSON)),
    Column("sound", Text, primary_key=True),
    Column("pleasant", Integer, nullable=False),
    Column("unpleasant", Integer, nullable=False),
    Column("tingled", Integer, nullable=False),
    Column("did_not", Integer, nullable=False),
    Column("rated_at", Instant, nullable=False),
)

preset = Table(
    "preset",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False, info=dict(PERSON)),
    Column("name_key", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("mix", Text, nullable=False),
    Column("saved_at", Instant, nullable=False),
)

favourite_sound = Table(
    "favourite_sound",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False, info=dict(PERSON)),
    Column("sound", Text, primary_key=True),
    Column("chosen_at", Instant, nullable=False),
)

blocked_sound = Table(
    "blocked_sound",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False, info=dict(PERSON)),
    Column("sound", Text, primary_key=True),
    Column("chosen_at", Instant, nullable=False),
)


def person_columns() -> list[Column[int]]:
    """Return every column that holds a person's Discord id."""
    return [
        column for table in metadata.sorted_tables for column in table.columns if column.info.get("person")
    ]
