"""Which message is taken away at noon."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("reminder", sa.Column("message_id", sa.BigInteger()))
