import base64

import pytest
from pydantic import SecretStr

from bot.core.errors import SettingsError
from bot.gateway.credentials import token_from, user_id_in
from bot.settings import Settings

FIRST = base64.urlsafe_b64encode(b"420000000000000000").decode()
TOKEN = f"{FIRST}.GhUsh1.{'a' * 38}"


def settings(token: str) -> Settings:
    return Settings(discord_token=SecretStr(token))


def test_a_token_knows_whose_it_is() -> None:
    assert token_from(settings(f"  {TOKEN}\n")) == TOKEN
    assert user_id_in(TOKEN) == 420_000_000_000_000_000


@pytest.mark.parametrize(
    "token",
    [
        "0123456789abcdef0123456789abcdef",  # a client secret
        "a" * 64,  # a public key
        "a.b.c",
        TOKEN.rpartition(".")[0],
        f"{TOKEN}…",
        f"*{TOKEN}",
        f'"{TOKEN}"',
        f"{'A' * 24}.GhUsh1.{'a' * 38}",  # its first part spells no number
        f"Bot {TOKEN}",
    ],
)
def test_what_is_no_token_is_told_and_not_quoted(token: str) -> None:
    with pytest.raises(SettingsError) as error:
        token_from(settings(token))
    assert str(error.value).startswith("HUSH_DISCORD_TOKEN is not a bot token. ")
    assert token not in str(error.value)
