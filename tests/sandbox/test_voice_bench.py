import json

import pytest

from bot.cli import main
from bot.sandbox.bench.voice import plans


@pytest.mark.parametrize("mode", ["hush", "discordpy"])
def test_the_voice_benchmark_measures_what_its_server_saw(
    mode: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["bench", "voice", "--channels", "2", "--seconds", "2", "--no-dave", "--mode", mode]
    assert main(words) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["mode"], result["channels"], result["dave"], result["rejoins"]) == (mode, 2, False, 0)
    assert 50.0 < result["delivered_pct"] <= 110.0
    assert result["cpu_cores"] > 0.0
    assert result["dev_ms_p50"] < 20.0


def test_mixes_of_the_benchmark_are_all_different() -> None:
    assert len({plan.mix for plan in plans(60)}) > 50
    assert len(set(plans(60))) == 60
