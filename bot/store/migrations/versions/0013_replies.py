"""A guide shown in an answer outlives a kill: with the key of that answer, good for a quarter of an hour."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Instant

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("guide", sa.Column("reply_token", sa.Text))
    op.add_column("guide", sa.Column("reply_until", Instant))
