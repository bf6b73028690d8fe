import asyncio
import io

import aiohttp
import av
import pytest

from bot.core.errors import SettingsError
from bot.sandbox.ogg import SILENCE
from bot.sandbox.page import Page
from bot.sandbox.world import World
from tests.sandbox.minimal_bot import PAYLOADS, MinimalBot


@pytest.fixture
async def world():
    async with World(MinimalBot) as world:
        yield world


@pytest.fixture
async def page(world):
    async with Page(world, port=0) as page:
        yield page


@pytest.fixture
async def http(page):
    async with aiohttp.ClientSession(page.url, timeout=aiohttp.ClientTimeout(20)) as session:
        yield session


async def state_of(http):
    async with http.get("/api/state") as answer:
        assert answer.status == 200
        return await answer.json()


async def test_the_state_tells_what_there_is(world, page, http):
    state = await state_of(http)
    kinds = [(c["kind"], c["name"]) for c in state["channels"]]
    assert kinds == [
        ("text", "fireside"),
        ("text", "quiet-corner"),
        ("voice", "Lantern Room"),
        ("voice", "Attic"),
        ("stage", "Evening Stage"),
        ("dm", "Hush"),
    ]
    lantern = next(c for c in state["channels"] if c["name"] == "Lantern Room")
    assert lantern["people"] == [{"id": str(world.sitter.id), "name": "Wren", "bot": False}]
    assert state["listening"]["connected"]
    assert state["playing"] is None
    await world.sitter.slash(world.text, "join")
    await world.server.until(lambda: page.state()["listening"]["n_packets"] > 10)
    state = await state_of(http)
    lantern = next(c for c in state["channels"] if c["name"] == "Lantern Room")
    assert [p["bot"] for p in lantern["people"]] == [False, True]


async def test_another_channel_and_other_eyes(world, http):
    before = (await state_of(http))["preview"]
    wish = {"channel_id": str(world.attic.id), "viewer_id": str(world.caller.id)}
    async with http.post("/api/show", json=wish) as answer:
        after = (await answer.json())["preview"]
    assert (after["channel_id"], after["viewer_id"]) == (wish["channel_id"], wish["viewer_id"])
    assert after["url"] != before["url"]
    async with aiohttp.ClientSession() as other, other.get(after["url"]) as shown:
        assert shown.status == 200
        assert "frame-ancestors http://127.0.0.1" in shown.headers["Content-Security-Policy"]
        assert "X-Frame-Options" not in shown.headers
    with pytest.raises(aiohttp.ClientConnectorError):
        async with aiohttp.ClientSession() as other, other.get(before["url"]):
            pass


async def test_each_persons_direct_messages_are_their_own(world, http):
    for viewer, other in ((world.caller, world.sitter), (world.sitter, world.caller)):
        wish = {"viewer_id": str(viewer.id), "channel_id": str(viewer.user.dm_channel.id)}
        async with http.post("/api/show", json=wish) as answer:
            assert (await answer.json())["preview"]["channel_id"] == wish["channel_id"]
        async with http.post("/api/show", json={"viewer_id": str(other.id)}) as answer:
            assert (await answer.json())["preview"]["channel_id"] == str(other.user.dm_channel.id)
        wish["viewer_id"] = str(other.id)
        async with http.post("/api/show", json=wish) as answer:
            assert answer.status == 404


@pytest.mark.parametrize(
    "wish", [{"channel_id": "1"}, {"viewer_id": "1"}, {"timezone": "Moon/Tranquillity"}, {"viewer_id": None}]
)
async def test_what_is_not_there_cannot_be_shown(http, wish):
    async with http.post("/api/show", json=wish) as answer:
        assert answer.status == 404


async def test_only_this_machine_and_this_page_are_answered(http):
    async with http.get("/api/state", headers={"Host": "elsewhere.example"}) as answer:
        assert answer.status == 403
    async with http.post("/api/show", json={}, headers={"Origin": "https://elsewhere.example"}) as answer:
        assert answer.status == 403
    async with http.post("/api/show", data=b"{}") as answer:
        assert answer.status == 415
    async with http.post("/api/show", json=[]) as answer:
        assert answer.status == 400


async def test_the_page_and_its_parts_are_served(http):
    for path, kind in (
        ("/", "text/html"),
        ("/static/page.js", "text/javascript"),
        ("/static/page.css", "text/css"),
        ("/static/moon.svg", "image/svg+xml"),
    ):
        async with http.get(path) as answer:
            assert (answer.status, answer.content_type) == (200, kind)
    async with http.get("/static/..%2fpage.py") as answer:
        assert answer.status == 404


async def test_in_a_frame_the_preview_is_only_the_channel(http):
    url = (await state_of(http))["preview"]["url"].split("#")[0]
    async with aiohttp.ClientSession(url) as preview:
        async with preview.get("/", headers={"Sec-Fetch-Dest": "iframe"}) as framed:
            assert '"/preview.css?framed"' in await framed.text()
        async with preview.get("/", headers={"Sec-Fetch-Dest": "document"}) as alone:
            assert "framed" not in await alone.text()
        async with preview.get("/preview.css?framed") as style:
            assert ".messages-sidebar, .inspector-panel" in await style.text()
        async with preview.get("/commands.js") as script:
            assert "active.dataset.value !== event.target.value" in await script.text()


async def test_a_preview_follows_the_world_and_takes_a_tap_on_what_was_just_shown(world, http):
    url, capability = (await state_of(http))["preview"]["url"].split("#")
    async with aiohttp.ClientSession(url, headers={"X-Simcord-Capability": capability}) as preview:
        async with preview.post("/api/pages", json={}) as opened:
            shown = await opened.json()
        headers = {"X-Simcord-Context": shown["context"]["id"]}
        await world.caller.send(world.text, "good night")
        now = shown
        async with asyncio.timeout(10):
            while now["publishedRevision"] == shown["publishedRevision"]:
                async with preview.get("/api/state", headers=headers) as answer:
                    now = await answer.json()
        assert any(m["content"] == "good night" for m in now["messages"].values())
        wish = {
            "kind": "send_message",
            "content": "sleep well",
            "target_id": None,
            "reply_to_id": None,
            "protocol_version": now["protocolVersion"],
            "sequence": 1,
            "request_id": "one",
            "generation": now["context"]["generation"],
            "bot_generation": now["botGeneration"],
            "published_revision": shown["publishedRevision"],
        }
        async with preview.post("/api/action", json=wish, headers=headers) as answer:
            assert not (await answer.json())["rejected"]
    assert world.text.last_message.content == "sleep well"


async def test_the_stream_carries_what_the_channel_hears(world, http):
    received = bytearray()
    loop = asyncio.get_running_loop()
    async with http.get("/api/listen.ogg") as stream:
        assert stream.content_type == "audio/ogg"
        started_s = loop.time()
        async for chunk in stream.content.iter_any():
            if not received:
                asking = asyncio.create_task(world.sitter.slash(world.text, "join"))
            received += chunk
            if loop.time() - started_s > 2.5:
                break
        elapsed_s = loop.time() - started_s
    await asking
    with av.open(io.BytesIO(bytes(received)), format="ogg") as container:
        packets = [bytes(p) for p in container.demux(audio=0) if p.size]
    assert len(packets) * 0.02 == pytest.approx(elapsed_s, abs=0.4), "real time, silence included"
    assert {len(packet) for packet in packets[:-1]} == {4096}
    heard = [packet[1 + packet.index(b"\x41") :].lstrip(b"\xff") for packet in packets]
    sent = [payload[1:] for payload in PAYLOADS]
    played = [n for n, payload in enumerate(sent) for packet in heard if packet[1:].startswith(payload)]
    assert len(played) > 40
    assert any(packet[1:].startswith(SILENCE[1:]) for packet in heard)


async def test_a_taken_port_is_said_in_one_sentence(world, page):
    taken = int(page.url.rstrip("/").rsplit(":", 1)[1])
    with pytest.raises(SettingsError, match=rf"^Port {taken} is taken\."):
        async with Page(world, port=taken):
            pass
