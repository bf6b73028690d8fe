"""Alembic's entry: runs the revisions on the connection that bot.store.migrate hands over."""

from alembic import context

# The transaction is the caller's, and stays open: Alembic neither begins nor commits inside it.
context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
