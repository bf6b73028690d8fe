"""Which servers Hush is in, as Discord tells."""

from discord.ext import commands


class DiscordPresence:
    """Implements `bot.privacy.ports.Presence`. A server in an outage still counts as one it is in."""

    def __init__(self, client: commands.AutoShardedBot) -> None:
        self._client = client

    @property
    def is_complete(self) -> bool:
        return self._client.is_ready()

    def responsible_for(self, guild_id: int) -> bool:
        n_shards = self._client.shard_count or 1
        return (guild_id >> 22) % n_shards in self._client.shards

    def is_in(self, guild_id: int) -> bool:
        return self._client.get_guild(guild_id) is not None
