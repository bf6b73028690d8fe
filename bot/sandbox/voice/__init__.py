"""A loopback voice server that speaks Discord's voice protocol, DAVE included, and a member to listen with.

Start a `VoiceServer` in this event loop or a `VoiceServerProcess`; both are a `LoopbackVoice`. `register`
credentials for everybody who shall come in. discord.py reaches it unpatched with a connector whose ssl is
`client_ssl_context(server.ca_file)`; a `ListeningMember` hears, decrypted, what a channel hears.
"""

from bot.sandbox.voice.certificate import client_ssl_context
from bot.sandbox.voice.delivery import GroupState
from bot.sandbox.voice.hearing import HeardFrame
from bot.sandbox.voice.interface import Credentials, LoopbackVoice, ServerOptions
from bot.sandbox.voice.listener import ListeningMember, VoiceClosedError
from bot.sandbox.voice.process import VoiceServerProcess
from bot.sandbox.voice.record import Gap, SessionRecord
from bot.sandbox.voice.rtp import AES256_GCM, MODES, OPUS_SILENCE, XCHACHA20_POLY1305
from bot.sandbox.voice.server import VoiceServer
from bot.sandbox.voice.wire import CloseCode

__all__ = [
    "AES256_GCM",
    "MODES",
    "OPUS_SILENCE",
    "XCHACHA20_POLY1305",
    "CloseCode",
    "Credentials",
    "Gap",
    "GroupState",
    "HeardFrame",
    "ListeningMember",
    "LoopbackVoice",
    "ServerOptions",
    "SessionRecord",
    "VoiceClosedError",
    "VoiceServer",
    "VoiceServerProcess",
    "client_ssl_context",
]
