"""The schema's history, shipped with Hush and run by bot.store.migrate."""
