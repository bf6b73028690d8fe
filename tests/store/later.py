"""A Hush of next year: the shipped revisions and one more, which adds, drops and counts."""

import shutil
from pathlib import Path

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, MetaData, Table, Text

from bot.store.migrate import SCRIPTS, Schema
from bot.store.tables import metadata
from bot.store.types import Instant

HEAD = Schema().head
LATER = f"{int(HEAD) + 1:04d}"

_REVISION = f"""
import sqlalchemy as sa
from alembic import op

revision = "{LATER}"
down_revision = "{HEAD}"


def upgrade() -> None:
    with op.batch_alter_table("person_settings") as table:
        table.add_column(sa.Column("mood", sa.Text()))
        table.drop_column("quiet")
    op.create_table(
        "bell",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("person_id", sa.BigInteger(), sa.ForeignKey("person_settings.user_id")),
        sa.Column("rings_at", sa.DateTime(timezone=True)),
        sa.Column("once", sa.Boolean()),
    )
"""


def later_schema(folder: Path, *more: str) -> Schema:
    """Return that Hush's schema; `more` are further lines at the end of its migration."""
    scripts = folder / "100% later"
    shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    body = _REVISION + "".join(f"    {line}\n" for line in more)
    (scripts / "versions" / f"{LATER}_bells.py").write_text(body, encoding="utf-8")
    tables = MetaData(naming_convention=metadata.naming_convention)
    for table in metadata.sorted_tables:
        if table.name != "person_settings":
            table.to_metadata(tables)
    Table(
        "person_settings",
        tables,
        Column("user_id", BigInteger, primary_key=True, autoincrement=False),
        *(Column(name, Text) for name in ("language", "country", "timezone", "mood")),
        Column("updated_at", Instant, nullable=False),
    )
    Table(
        "bell",
        tables,
        Column("id", Integer, primary_key=True),
        Column("person_id", BigInteger, ForeignKey("person_settings.user_id")),
        Column("rings_at", Instant),
        Column("once", Boolean),
    )
    return Schema(scripts, tables)
