"""An index that finds the soonest reminder nobody holds in one step, in place of one that led past it."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.drop_index("ix_reminder_leased_until", "reminder")
    op.create_index("ix_reminder_leased_until_due_at", "reminder", ["leased_until", "due_at"])
