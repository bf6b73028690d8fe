"""Telling Discord which commands there are, only when that changed."""

import asyncio
import hashlib
import json
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import discord
from discord import app_commands

from bot.content.texts import Texts

_log = logging.getLogger(__name__)

Payload = dict[str, Any]
"""A command, an option or a choice as Discord's API takes it."""


async def sync_commands(tree: app_commands.CommandTree[Any], texts: Texts, record: Path) -> bool:
    """Register the tree's commands unless Discord has just these; return whether it was necessary.

    What was registered last is remembered in the file `record`. That alone would miss a registration lost or
    replaced elsewhere, so the names Discord holds are asked for as well.
    """
    payloads = command_payloads(tree, texts)
    fingerprint = _fingerprint(tree.client.application_id, payloads)
    if await asyncio.to_thread(_read, record) == fingerprint:
        known = {command.name for command in await tree.fetch_commands()}
        if known == {payload["name"] for payload in payloads}:
            return False
    application_id = tree.client.application_id
    if application_id is None:
        raise app_commands.MissingApplicationID
    await tree.client.http.bulk_upsert_global_commands(application_id, payload=payloads)
    await asyncio.to_thread(_write, record, fingerprint)
    _log.info("commands registered with Discord")
    return True


def command_payloads(tree: app_commands.CommandTree[Any], texts: Texts) -> list[Payload]:
    """Return all global commands, descriptions spoken from the locale files.

    In code a description is the key of its sentence; here it becomes the English one with its translations.
    """
    commands = sorted(tree.get_commands(), key=lambda command: command.name)
    return [_spoken(command.to_dict(tree), texts) for command in commands]


def _spoken(node: Payload, texts: Texts) -> Payload:
    spoken = dict(node)
    if key := node.get("description"):
        spoken["description"] = texts.get(key)
        spoken["description_localizations"] = texts.translations(key)
    if choices := node.get("choices"):
        spoken["choices"] = [_spoken_choice(choice, texts) for choice in choices]
    if options := node.get("options"):
        spoken["options"] = [_spoken(option, texts) for option in options]
    return spoken


def _spoken_choice(choice: Payload, texts: Texts) -> Payload:
    key = choice["name"]
    if not texts.has(key):
        return choice
    return {**choice, "name": texts.get(key), "name_localizations": texts.translations(key)}


def _fingerprint(application_id: int | None, payloads: Iterable[Payload]) -> str:
    told = json.dumps([application_id, discord.__version__, list(payloads)], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def _read(record: Path) -> str | None:
    try:
        return record.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None


def _write(record: Path, fingerprint: str) -> None:
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(fingerprint + "\n", encoding="ascii")
