"""A bot that sends one person its numbered messages from the beginning: `sender.py URL PERSON COUNT`."""

import asyncio
import sys

import discord

from bot.sandbox.recording.redirect import redirected


async def _send(url: str, person: int, count: int) -> None:
    with redirected(url):
        async with discord.Client(intents=discord.Intents.none()) as client:
            await client.login("a-token")
            dm = await client.create_dm(discord.Object(person))
            for number in range(count):
                await dm.send("good evening", nonce=number)


asyncio.run(_send(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
