"""A server's own help: what admins may add, and what it has to look like."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from bot.core.errors import Refusal, StoreError
from bot.support.ports import MOST_PER_SERVER, Resource, ResourceStore


class ServerResources:
    """Refusals carry the sentence to say; nothing is changed then."""

    def __init__(self, store: ResourceStore) -> None:
        self._store = store

    async def of(self, guild_id: int) -> Sequence[Resource]:
        try:
            return await self._store.of(guild_id)
        except StoreError:
            raise Refusal("resources.refused.unwritten") from None

    async def add(self, guild_id: int, resource: Resource) -> Resource:
        """Keep it, in place of one of that name; return it as it is kept."""
        tidy = Resource(
            _words(resource.name),
            _words(resource.what),
            _words(resource.how),
            _words(resource.hours or "") or None,
            None if resource.link is None else _link(resource.link),
        )
        if not (tidy.name and tidy.what and tidy.how):
            raise Refusal("resources.refused.empty")
        known = {one.name for one in await self.of(guild_id)}
        if tidy.name not in known and len(known) >= MOST_PER_SERVER:
            raise Refusal("resources.refused.full", most=MOST_PER_SERVER)
        try:
            await self._store.add(guild_id, tidy)
        except StoreError:
            raise Refusal("resources.refused.unwritten") from None
        return tidy

    async def remove(self, guild_id: int, name: str) -> None:
        try:
            gone = await self._store.remove(guild_id, _words(name))
        except StoreError:
            raise Refusal("resources.refused.unwritten") from None
        if not gone:
            raise Refusal("resources.refused.unknown")


def _words(text: str) -> str:
    """Return the text on one line, without what cannot be seen."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _link(text: str) -> str:
    link = text.strip()
    try:
        parts = urlsplit(link)
        fine = parts.scheme == "https" and "." in (parts.hostname or "") and parts.username is None
    except ValueError:
        fine = False
    if not fine or not link.isprintable() or any(sign in link for sign in " <>()[]`"):
        raise Refusal("resources.refused.https")
    return link
