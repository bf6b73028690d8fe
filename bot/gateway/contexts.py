"""Where a command can be used, as Discord's installs and contexts."""

from collections.abc import Callable
from typing import TypeVar

from discord import app_commands

_T = TypeVar("_T")


def in_servers() -> Callable[[_T], _T]:
    """Only in a server that installed Hush: it needs the server's voice channels."""

    def decorate(command: _T) -> _T:
        contexts = app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
        return contexts(app_commands.allowed_installs(guilds=True, users=False)(command))

    return decorate


def anywhere() -> Callable[[_T], _T]:
    """In servers, in a DM with Hush, and wherever a person brings it along as a user install."""

    def decorate(command: _T) -> _T:
        contexts = app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
        return contexts(app_commands.allowed_installs(guilds=True, users=True)(command))

    return decorate


def in_private() -> Callable[[_T], _T]:
    """In a DM with Hush and as a user install in other private places, not in servers."""

    def decorate(command: _T) -> _T:
        contexts = app_commands.allowed_contexts(guilds=False, dms=True, private_channels=True)
        return contexts(app_commands.allowed_installs(guilds=True, users=True)(command))

    return decorate
