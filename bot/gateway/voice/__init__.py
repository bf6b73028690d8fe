"""Voice: our own `discord.VoiceProtocol`, one thread for hundreds of channels, none falls silent.

`links` answers playback's port; a `line` is a stay in a server's voice, whatever happens to its connection;
a `call` is one session at a voice server; `pacer` and `rtp` send; `end_to_end` is DAVE.
Nothing private of discord.py is touched: a voice protocol of one's own is its documented door.
"""

from bot.gateway.voice.links import DiscordVoiceLink, DiscordVoiceLinks

__all__ = ["DiscordVoiceLink", "DiscordVoiceLinks"]
