"""What the websocket answers to clients that are right, wrong or silent."""

import asyncio
import json
import socket
from contextlib import asynccontextmanager

import aiohttp
import pytest

from bot.sandbox.voice import MODES, CloseCode, Credentials, ServerOptions, VoiceServer, client_ssl_context
from bot.sandbox.voice.datagrams import discovery_request, read_discovery_response
from tests.voice.discord_client import CHANNEL_ID, GUILD_ID


class RawClient:
    def __init__(self, websocket, credentials):
        self.websocket = websocket
        self.credentials = credentials

    async def send(self, op, data):
        await self.websocket.send_json({"op": op, "d": data})

    async def receive(self, op):
        """Return the next frame, which must have this opcode."""
        frame = json.loads((await self.websocket.receive(10)).data)
        assert frame["op"] == op
        return frame

    async def closed(self):
        """Read on until the server closes, and return its code."""
        while (message := await self.websocket.receive(10)).type is not aiohttp.WSMsgType.CLOSE:
            assert message.type in {aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY}
        return message.data

    async def identify(self, **changed):
        right = {
            "server_id": str(self.credentials.guild_id),
            "user_id": str(self.credentials.user_id),
            "session_id": self.credentials.session_id,
            "token": self.credentials.token,
            "max_dave_protocol_version": 1,
        }
        await self.send(0, right | changed)

    async def select(self, mode=MODES[0], protocol="udp"):
        data = {"address": "127.0.0.1", "port": 1, "mode": mode}
        await self.send(1, {"protocol": protocol, "data": data})


@asynccontextmanager
async def raw_client(server, user_id=10):
    credentials = Credentials.issue(GUILD_ID, CHANNEL_ID, user_id)
    await server.register(credentials)
    connector = aiohttp.TCPConnector(ssl=client_ssl_context(server.ca_file))
    async with (
        aiohttp.ClientSession(connector=connector) as http,
        http.ws_connect(f"wss://{server.endpoint}/?v=8") as websocket,
    ):
        client = RawClient(websocket, credentials)
        client.hello = await client.receive(8)
        yield client


async def test_the_handshake_up_to_the_session_description(server):
    async with raw_client(server) as client:
        assert client.hello == {"op": 8, "d": {"v": 8, "heartbeat_interval": 13_750}}
        await client.identify()
        ready = (await client.receive(2))["d"]
        assert ready["modes"] == list(MODES)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.bind(("127.0.0.1", 0))
            udp.settimeout(10)
            udp.sendto(discovery_request(ready["ssrc"]), (ready["ip"], ready["port"]))
            answer = await asyncio.to_thread(udp.recv, 100)
            assert len(answer) == 74
            assert read_discovery_response(answer) == udp.getsockname()
        await client.select()
        description = await client.receive(4)
        assert len(description["d"]["secret_key"]) == 32
        assert description["d"]["mode"] == MODES[0]
        assert description["d"]["dave_protocol_version"] == 1
        external_sender = await client.websocket.receive_bytes()
        assert external_sender[2] == 25
        assert int.from_bytes(external_sender[:2]) == description["seq"] + 1


async def test_a_heartbeat_is_acknowledged_before_and_after_identify(server):
    async with raw_client(server) as client:
        await client.send(3, {"t": 1501184119561, "seq_ack": -1})
        assert await client.receive(6) == {"op": 6, "d": {"t": 1501184119561}}
        await client.identify()
        await client.receive(2)
        await client.send(3, {"t": 2, "seq_ack": 1})
        assert await client.receive(6) == {"op": 6, "d": {"t": 2}}


async def test_a_client_that_stops_heartbeating_is_closed():
    async with VoiceServer(ServerOptions(heartbeat_interval_ms=100)) as server, raw_client(server) as client:
        await client.identify()
        assert await client.closed() == CloseCode.SESSION_TIMEOUT
        assert server.sessions == ()


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ('{"op": 99, "d": {}}', CloseCode.UNKNOWN_OPCODE),
        ('{"op": "5", "d": {}}', CloseCode.UNKNOWN_OPCODE),
        ('{"op": 2, "d": {}}', CloseCode.UNKNOWN_OPCODE),
        ("no json", CloseCode.FAILED_TO_DECODE),
        ("[]", CloseCode.FAILED_TO_DECODE),
        ('{"d": {}}', CloseCode.FAILED_TO_DECODE),
        ('{"op": 0, "d": null}', CloseCode.FAILED_TO_DECODE),
        ('{"op": 0, "d": {"server_id": "x"}}', CloseCode.FAILED_TO_DECODE),
        ('{"op": 3, "d": 5}', CloseCode.BAD_REQUEST),
        ('{"op": 5, "d": {"speaking": 1}}', CloseCode.NOT_AUTHENTICATED),
        ('{"op": 1, "d": {}}', CloseCode.NOT_AUTHENTICATED),
        ('{"op": 23, "d": {"transition_id": 1}}', CloseCode.NOT_AUTHENTICATED),
        (b"", CloseCode.FAILED_TO_DECODE),
        (b"\xff", CloseCode.UNKNOWN_OPCODE),
        (b"\x1a key package", CloseCode.NOT_AUTHENTICATED),
    ],
)
async def test_a_wrong_frame_before_identify_closes(server, frame, code):
    async with raw_client(server) as client:
        await (client.websocket.send_str if isinstance(frame, str) else client.websocket.send_bytes)(frame)
        assert await client.closed() == code


async def test_wrong_frames_after_identify_close(server):
    async def closes(code, *steps):
        async with raw_client(server) as client:
            await client.identify()
            for step in steps:
                await step(client)
            assert await client.closed() == code

    await closes(CloseCode.ALREADY_AUTHENTICATED, lambda client: client.identify())
    await closes(CloseCode.UNKNOWN_PROTOCOL, lambda client: client.select(protocol="webrtc"))
    await closes(CloseCode.UNKNOWN_MODE, lambda client: client.select(mode="xsalsa20_poly1305"))
    await closes(CloseCode.BAD_REQUEST, lambda client: client.select(), lambda client: client.select())
    await closes(
        CloseCode.BAD_REQUEST,
        lambda client: client.select(),
        lambda client: client.websocket.send_bytes(b"\x1anot a key package"),
    )
    await closes(CloseCode.UNKNOWN_OPCODE, lambda client: client.websocket.send_bytes(b"\x1e"))


async def test_a_client_without_encryption_is_refused(server):
    async with raw_client(server) as client:
        await client.identify(max_dave_protocol_version=0)
        assert await client.closed() == CloseCode.DAVE_REQUIRED


async def test_another_gateway_version_is_refused(server):
    connector = aiohttp.TCPConnector(ssl=client_ssl_context(server.ca_file))
    async with aiohttp.ClientSession(connector=connector) as http:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect(f"wss://{server.endpoint}/?v=4")


async def test_resume_replays_what_was_not_seen_and_nothing_else(server):
    async with raw_client(server) as client:
        await client.identify()
        ready = await client.receive(2)
        await client.select()
        description = await client.receive(4)
        resume = {
            "server_id": str(GUILD_ID),
            "session_id": client.credentials.session_id,
            "token": client.credentials.token,
        }
        connector = aiohttp.TCPConnector(ssl=client_ssl_context(server.ca_file))
        async with aiohttp.ClientSession(connector=connector) as http:
            for seq_ack, replayed in ((ready["seq"], [description]), (-1, [ready, description])):
                async with http.ws_connect(f"wss://{server.endpoint}/?v=8") as websocket:
                    again = RawClient(websocket, client.credentials)
                    await again.receive(8)
                    await again.send(7, resume | {"seq_ack": seq_ack})
                    assert await again.receive(9) == {"op": 9, "d": None}
                    for frame in replayed:
                        assert await again.receive(frame["op"]) == frame
                    server.session(GUILD_ID, 10).abort()
            async with http.ws_connect(f"wss://{server.endpoint}/?v=8") as websocket:
                again = RawClient(websocket, client.credentials)
                await again.send(7, resume | {"seq_ack": 40_000})
                assert await again.closed() == CloseCode.SESSION_INVALID
