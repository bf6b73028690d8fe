"""A server has one time zone: the one its quiet hours were set with is the one somebody typed for it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute(sa.text("UPDATE guild_settings SET timezone = quiet_zone WHERE quiet_zone IS NOT NULL"))
    with op.batch_alter_table("guild_settings") as table:
        table.drop_column("quiet_zone")
