"""What a hoster can set: HUSH_* environment variables or a .env file beside the process."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.core.errors import SettingsError


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="HUSH_", env_file=".env", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    discord_token: SecretStr | None = None
    """The bot's token from Discord's developer portal. Only `run` needs it."""

    data_dir: Path = Path("data")
    """Folder for everything Hush keeps: database, caches, fingerprints."""

    database_url: SecretStr | None = None
    """Where the database is: postgresql://user:password@host/database. Unset, a file in the data folder."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """How much is logged. Never what people wrote, at any level."""

    volume_cap: int = Field(100, ge=1, le=100)
    """The loudest any server may play, percent of the house level. Servers and channels can only lower it."""

    metrics_port: int | None = Field(None, ge=0, le=65_535)
    """Port for /metrics and /healthz; unset serves neither, 0 takes a free one."""

    metrics_host: str = "127.0.0.1"
    """Address they are served on. They need no password, so keep it one that only the monitoring reaches."""

    shard_count: int | None = Field(None, ge=1)
    """Number of gateway shards; unset lets Discord decide."""


def load(**overrides: object) -> Settings:
    """Read the settings; raise SettingsError with a sentence naming the variable that is wrong."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = "HUSH_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(f"{name} is not usable: {first['msg']}. Set it right and start again.") from None
