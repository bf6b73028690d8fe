"""`python -m tests.e2e.panels FOLDER [NAME…]`: what Hush looks like on a phone; the names are in SETS.

Every panel as SimCord's preview draws it at 360 px, in a world of its own; to be looked at, not compared.
"""

import asyncio
import sys
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import simcord
from playwright.async_api import Page, async_playwright

from bot.care.guides import LONGEST_REPLY_MINUTES
from bot.care.model import HELP_FIRST
from bot.gateway.settings_pages import TOPICS
from bot.sandbox.simcord_bridge import LivePreview
from bot.sandbox.world import World
from tests.cogs.care_reading import ids_of
from tests.cogs.room import opened_world
from tests.cogs.test_addressed import CRISIS
from tests.e2e.driving import CHROMIUM, FLAGS

PHONE = {"width": 360, "height": 1500}
_PICTURES_ARE_THERE = "[...document.images].every(image => image.naturalWidth > 0)"
CARD_LOCALES = ("en-US", "es-ES", "fr", "de", "pt-BR", "hi", "ja", "ar")


class Camera:
    """Takes pictures of the newest message in a channel, as one person sees it."""

    def __init__(self, world: World, page: Page, folder: Path) -> None:
        self.world = world
        self._page = page
        self._folder = folder
        self._preview = LivePreview(world.env, framed_style="")

    async def take(
        self,
        name: str,
        viewer: simcord.MemberActor,
        channel: simcord.ChannelHandle | None = None,
        *,
        showing: str = "",
    ) -> None:
        """Take the newest message that shows these words."""
        where = channel or self.world.text
        as_whom = viewer.user if where.guild is None else viewer
        await self._page.goto(await self._preview.show(where, as_whom, timezone="UTC"))
        message = self._page.locator(".channel-message", has_text=showing).last
        await message.wait_for()
        await message.scroll_into_view_if_needed()
        async with asyncio.timeout(20):
            while not await self._page.evaluate(_PICTURES_ARE_THERE):
                pass
        await message.screenshot(path=self._folder / f"{name}.png")
        wide = await message.evaluate("node => node.scrollWidth > node.clientWidth + 1")
        print(f"{name}{': WIDER THAN THE SCREEN' if wide else ''}", flush=True)

    async def close(self) -> None:
        await self._preview.close()


async def care(camera: Camera) -> None:
    world, person = camera.world, camera.world.caller
    world.env.settle_timeout = 60.0
    for feeling in ("cant-sleep", "anxious", "unfocused"):
        await person.slash(world.text, "pair", feeling=feeling, minutes=10)
        await camera.take(f"pair-{feeling}", person)
    for practice in ("box", "4-7-8", "sigh", "coherent"):
        await person.slash(world.text, "breathe", practice=named(world, practice))
        await camera.take(f"breathe-{practice}", person)
    for practice in ("asmr-meditation", "body-scan", "grounding", "progressive-relaxation"):
        message = (await world.sitter.slash(world.text, "meditate", practice=practice)).response
        await camera.take(f"meditate-{practice}", world.sitter)
        await world.sitter.click(message, label="Stop")
    await camera.take("meditate-stopped", world.sitter)
    message = (await person.slash(world.text, "meditate", practice="grounding")).response
    await person.click(message, label="Pause")
    await camera.take("meditate-paused", person)
    await person.click(message, label="Go on")
    await world.advance(400.0)
    await camera.take("meditate-done", person)
    await pictures(camera)
    await world.sitter.slash(world.text, "focus", sound="rain")
    await camera.take("focus-panel", world.sitter, world.lantern, showing="Round 1 of")
    rounds = next(m for m in world.lantern.history() if "Round 1" in str(m.components))
    await world.sitter.click(rounds, label="Stop")
    await camera.take("focus-end", world.sitter, world.lantern, showing="rounds planned")
    message = (await person.slash(world.text, "checkin")).response
    await camera.take("checkin-question", person)
    for answer in ("A little", "Much", "All right"):
        await person.click(message, label=answer)
    await camera.take("checkin-result", person)
    await person.click(message, label="Ideas")
    await camera.take("checkin-ideas", person)
    await discover(camera)
    for topic in sorted(world.bot.services.care.content.pages):
        await person.slash(world.text, "learn", topic=topic)
        await camera.take(f"learn-{topic}", person)


async def pictures(camera: Camera) -> None:
    """Take each visual trigger inside its guide."""
    world, person = camera.world, camera.world.caller
    content = world.bot.services.care.content
    shown = {pairing.visual: pairing_id for pairing_id, pairing in content.pairings.items() if pairing.visual}
    for visual, pairing_id in shown.items():
        pairing = content.pairings[pairing_id]
        feeling = next(feeling for feeling in pairing.feelings if feeling not in HELP_FIRST)
        answer = await person.slash(world.text, "pair", feeling=feeling, minutes=pairing.minutes[1])
        for _ in range(12):
            message = answer.response
            starts = [i for i in ids_of(world, message) if i.startswith(f"care:start:v1:{pairing_id}:")]
            if starts:
                await person.click(message, custom_id=starts[0])
                is_long = pairing.minutes[1] > LONGEST_REPLY_MINUTES
                await camera.take(f"picture-{visual}", person, world.dm if is_long else None)
                break
            await person.click(message, label="Other ideas")


async def discover(camera: Camera) -> None:
    world, person = camera.world, camera.world.caller
    await person.slash(world.text, "tingles")
    await camera.take("tingles-nothing", person)
    message = (await person.slash(world.text, "discover")).response
    await camera.take("discover-intro", person)
    await person.click(message, label="Begin")
    await camera.take("discover-pair", person)
    for _ in range(5):
        await person.click(message, label="Both")
        await camera.take("discover-tingle", person)
        await person.click(message, label="First")
    await person.click(message, label="Enough for now")
    await camera.take("discover-found", person)
    await person.slash(world.text, "tingles")
    await camera.take("tingles", person)


async def support(camera: Camera) -> None:
    """Take the card, its choices and its answers in every language it is written in."""
    world, person = camera.world, camera.world.caller
    countries = dict(zip(CARD_LOCALES, ("US", "ES", "FR", "DE", "BR", "IN", "JP", "EG"), strict=True))
    for language, country in countries.items():
        card = (await person.slash(world.text, "support", country=country, concern="sleep")).response
        await choose_language(world, card, language)
        await camera.take(f"card-{language}", person)
        for act in ("chat", "aloud", "useless"):
            await person.click(card, custom_id=one_of(world, card, f"help:{act}:"))
            await camera.take(f"card-{language}-{act}", person)
        await person.click(card, custom_id=one_of(world, card, "help:country:"))
        await camera.take(f"card-{language}-country", person)
        card = (await person.slash(world.text, "support")).response
        await choose_language(world, card, language)
        await camera.take(f"card-{language}-nowhere", person)
    for kind in sorted(world.bot.services.therapies.therapies):
        await person.slash(world.text, "therapy", kind=kind)
        await camera.take(f"therapy-{kind}", person)


async def settings(camera: Camera) -> None:
    """Take the server's settings, each of their pages, and quiet hours that are set."""
    world, admin = camera.world, camera.world.moderator
    message = (await admin.slash(world.text, "settings")).response
    await camera.take("settings", admin)
    for topic in TOPICS:
        await admin.select(message, [topic], custom_id="settings:open:v1:0")
        await camera.take(f"settings-{topic}", admin)
        if topic == "quiet":
            form = await admin.click(message, label="Set the hours")
            await admin.submit_modal(form, {"from": "22:00", "to": "7", "zone": "berlin"})
            await camera.take("settings-quiet-set", admin)
        await admin.click(message, custom_id="settings:back:v1:0")
    await camera.take("settings-changed", admin)


async def library(camera: Camera) -> None:
    """Take every shelf, and a sound that is favoured and one that is blocked."""
    world, person = camera.world, camera.world.sitter
    message = (await person.slash(world.text, "library")).response
    await camera.take("library", person)
    for shelf in world.bot.services.shelves.all("en-US", world.guild.id, frozenset()):
        await person.select(message, [shelf.family], custom_id=one_of(world, message, "library:open:"))
        await camera.take(f"library-{shelf.family}", person)
    await person.select(message, ["water"], custom_id=one_of(world, message, "library:open:"))
    for act in ("favourite", "block"):
        await person.click(message, custom_id=one_of(world, message, f"library:{act}:"))
    await camera.take("library-chosen", person)
    await person.click(message, custom_id=one_of(world, message, "library:later:"))
    await camera.take("library-next-page", person)


async def day_after(camera: Camera) -> None:
    """Take what there is in the day after a crisis, in place of ideas."""
    world, person = camera.world, camera.world.caller
    await person.user.send_dm(CRISIS)
    await camera.take("day-after-dm", person, world.dm)
    await person.slash(world.text, "pair", feeling="stressed")
    await camera.take("day-after-pair", person)
    card = (await person.slash(world.text, "breathe")).response
    await choose_language(world, card, "ar")
    await camera.take("day-after-arabic", person)
    await person.slash(world.text, "help")
    await camera.take("day-after-help", person)
    await person.slash(world.text, "winddown start")
    await camera.take("day-after-winddown", person)


async def choose_language(world: World, card: simcord.ResponseMessage, language: str) -> None:
    await world.caller.click(card, custom_id=one_of(world, card, "help:language:"))
    await world.caller.select(card, [language], custom_id=one_of(world, card, "help:pick-language:"))


def one_of(world: World, message: simcord.ResponseMessage, start: str) -> str:
    return next(id_ for id_ in ids_of(world, message) if id_.startswith(start))


def named(world: World, practice: str) -> str:
    ids_by = {"4-7-8": "four-seven-eight"}
    return str(world.bot.services.care.content.practices[ids_by.get(practice, practice)].title)


SETS: dict[str, Callable[[Camera], Awaitable[None]]] = {
    "care": care,
    "support": support,
    "day-after": day_after,
    "settings": settings,
    "library": library,
}


@asynccontextmanager
async def camera_in(folder: Path) -> AsyncGenerator[Camera]:
    with tempfile.TemporaryDirectory() as data:
        async with opened_world(Path(data)) as world, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
            page = await browser.new_page(viewport=PHONE, device_scale_factor=2.0)
            camera = Camera(world, page, folder)
            try:
                yield camera
            finally:
                await camera.close()
                await browser.close()


async def main(folder: Path, names: list[str]) -> None:
    for name in names or list(SETS):
        async with camera_in(folder) as camera:
            await SETS[name](camera)


if __name__ == "__main__":
    where = Path(sys.argv[1])
    where.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(where, sys.argv[2:]))
