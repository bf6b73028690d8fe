"""A guide's message as it is sent: its panel, and its picture begun where the breath is."""

import io

import discord
from discord import ui

from bot.care.guide import Face
from bot.content.care import BreathPattern
from bot.gateway.care_pages import PICTURE, CarePages
from bot.pictures.gallery import Gallery
from bot.pictures.tempo import retimed


class GuidePictures:
    def __init__(self, pages: CarePages, gallery: Gallery) -> None:
        self._pages = pages
        self._gallery = gallery

    def panel(self, face: Face, locale: str) -> ui.LayoutView:
        return self._pages.guide(face, locale)

    async def files(self, face: Face, locale: str) -> list[discord.File]:
        """Return a face's picture as what is uploaded with it; nothing for one without.

        A loop begins with its first frame wherever it is loaded, so it is uploaded from this moment's on:
        what is seen and what is heard breathe together, but for the time the upload takes.
        """
        match face.picture:
            case None:
                return []
            case str():
                animation = await self._gallery.scene(face.picture)
            case BreathPattern():
                animation = await self._gallery.breath(face.picture)
        moving = retimed(animation.moving, face.pace, face.phase_s) if face.moves else animation.still
        return [discord.File(io.BytesIO(moving), PICTURE, description=self._pages.alt_text(face, locale))]
