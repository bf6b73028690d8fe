"""The command line: parse, hand over, answer with an exit code."""

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from bot import __version__
from bot.core.errors import HushError, SettingsError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code. Errors a person can mend come as one sentence."""
    args = _parser().parse_args(argv)
    try:
        return int(args.act(args))
    except HushError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hush", description="Hush, an ASMR self-care companion for Discord."
    )
    parser.add_argument("--version", action="version", version=f"Hush {__version__}")
    commands = parser.add_subparsers(required=True, metavar="command")

    demo = commands.add_parser("demo", help="hear Hush in a browser, without a Discord account")
    demo.add_argument("--no-browser", action="store_true", help="only print the address")
    demo.add_argument("--port", type=int, default=8765, help="port of the page; 0 takes a free one")
    demo.add_argument("--data", type=Path, help="folder for what Hush keeps (a temporary one unless given)")
    demo.set_defaults(act=_demo)

    run = commands.add_parser("run", help="run on Discord (needs HUSH_DISCORD_TOKEN)")
    run.set_defaults(act=_run)

    doctor = commands.add_parser("doctor", help="see whether everything a start needs is there")
    doctor.add_argument("--offline", action="store_true", help="do not ask Discord about the token")
    doctor.set_defaults(act=_doctor)

    _database_parser(commands.add_parser("db", help="migrate, back up or restore what Hush remembers"))

    sounds = commands.add_parser("sounds", help="list, render or build the sounds")
    _sounds_parser(sounds)

    pictures = commands.add_parser("pictures", help="draw the slow loops that guides show")
    drawing = pictures.add_subparsers(required=True, metavar="action")
    drawing.add_parser("build", help="render them all anew").set_defaults(act=_pictures_build)

    _bench_parser(commands.add_parser("bench", help="measure parts of Hush on this machine"))
    _triage_parser(commands.add_parser("triage", help="which offer Hush would make, for JSON lines on stdin"))

    helplines = commands.add_parser("helplines", help="see how old the helplines' numbers are")
    ages = helplines.add_subparsers(required=True, metavar="action")
    checking = ages.add_parser("check", help="list every line with its age; 1 when one is too old")
    checking.set_defaults(act=_helplines_check)

    commands.add_parser("help", help="show this").set_defaults(act=lambda _: _help(parser))
    return parser


def _help(parser: argparse.ArgumentParser) -> int:
    parser.print_help()
    return 0


def _database_parser(database: argparse.ArgumentParser) -> None:
    actions = database.add_subparsers(required=True, metavar="action")
    migrate = actions.add_parser("migrate", help="bring it to this Hush's revision; a start does so too")
    migrate.set_defaults(act=_db_migrate)
    backup = actions.add_parser("backup", help="write everything to a new file, also while Hush runs")
    backup.add_argument("file", type=Path)
    backup.set_defaults(act=_db_backup)
    restore = actions.add_parser("restore", help="fill the empty database from a backup, of either engine")
    restore.add_argument("file", type=Path)
    restore.set_defaults(act=_db_restore)


def _bench_parser(bench: argparse.ArgumentParser) -> None:
    kinds = bench.add_subparsers(required=True, metavar="what")
    reminders = kinds.add_parser("reminders", help="a crowded evening against a Discord of its own")
    reminders.add_argument("--rules", type=int, default=10_000, help="bedtimes there are")
    reminders.add_argument("--due", type=int, default=1_000, help="how many are due in one minute")
    reminders.add_argument("--workers", type=int, default=1, help="processes that deliver")
    reminders.add_argument("--database", help="postgresql://…, empty; a temporary SQLite file unless given")
    reminders.add_argument("--budget", type=float, default=40.0, help="requests a second; 40 is Hush's own")
    reminders.add_argument("--json", action="store_true", help="as a JSON object")
    reminders.set_defaults(act=_bench_reminders)
    voice = kinds.add_parser("voice", help="many channels against a voice server on this machine")
    voice.add_argument("--channels", type=int, default=50)
    voice.add_argument("--mixes", type=int, default=1, help="how many different mixes they play")
    voice.add_argument("--seconds", type=float, default=20.0, help="how long to measure")
    voice.add_argument("--dave", action=argparse.BooleanOptionalAction, default=True, help="end to end")
    voice.add_argument("--baseline", choices=("discordpy", "ffmpeg"), help="measure this too, side by side")
    voice.add_argument("--mode", choices=("hush", "discordpy", "ffmpeg"), default="hush", help="who plays")
    voice.add_argument("--json", action="store_true", help="the only form there is: one object a line")
    voice.set_defaults(act=_bench_voice)


def _sounds_parser(sounds: argparse.ArgumentParser) -> None:
    actions = sounds.add_subparsers(required=True, metavar="action")
    listing = actions.add_parser("list", help="every sound there is")
    listing.add_argument("--json", action="store_true", help="as a JSON array")
    listing.set_defaults(act=_sounds_list)

    render = actions.add_parser("render", help="write what a channel would hear to a WAV or Ogg file")
    render.add_argument("sound", nargs="?", help="a sound's id or name")
    render.add_argument("--code", help="a mix as a share code, in place of a sound")
    length = render.add_mutually_exclusive_group()
    length.add_argument("--seconds", type=float, default=60.0)
    length.add_argument("--minutes", type=float)
    length.add_argument("--hours", type=float, help="constant memory, however many")
    render.add_argument("--seed", type=int, default=1, help="the same code and seed are the same night")
    render.add_argument("--volume", type=int, default=100, help="0 to 100; 100 is the house level")
    render.add_argument("--out", type=Path, required=True, help="the file to write: .wav, .ogg or .opus")
    render.set_defaults(act=_sounds_render)

    build = actions.add_parser("build", help="render the library's files anew where a recipe changed")
    build.add_argument("sounds", nargs="*", metavar="sound", help="only these ids")
    build.add_argument("--force", action="store_true", help="also where nothing changed")
    build.set_defaults(act=_sounds_build)

    bring = actions.add_parser("import", help="make sounds of recordings, for every server of this Hush")
    bring.add_argument("files", nargs="+", type=Path, metavar="file")
    bring.add_argument("--author", required=True, help="who recorded them")
    bring.add_argument("--licence", required=True, help="why they may be played, for example 'my own' or CC0")
    bring.add_argument("--name", default="", help="what to call it (one file; else the file's name)")
    bring.add_argument("--family", default="nature", help="what kind of sound, as in './hush sounds list'")
    bring.set_defaults(act=_sounds_import)

    check = actions.add_parser("check", help="measure every sound and fail on any out of its limits")
    check.add_argument("sounds", nargs="*", metavar="sound", help="only these ids")
    check.add_argument("--docs", type=Path, help="folder whose sounds.md and sounds.png to bring up to date")
    check.set_defaults(act=_sounds_check)


def _pictures_build(_: argparse.Namespace) -> int:
    from importlib.resources import files

    from bot.audio.library import Library
    from bot.content.care import CareContent
    from bot.pictures.gallery import build

    for name in build(Path(str(files("bot.pictures"))) / "loops", CareContent.load(Library.load().triggers)):
        print(name)
    return 0


def _triage_parser(triage: argparse.ArgumentParser) -> None:
    triage.add_argument(
        "--surface", choices=("dm", "channel"), default="dm", help="where the words were said"
    )
    triage.set_defaults(act=_triage)
    actions = triage.add_subparsers(metavar="action")
    report = actions.add_parser("report", help="how it does on authors it never saw (needs a checkout)")
    report.add_argument("--curve", action="store_true", help="also with less to learn from")
    report.add_argument("--unseen-families", action="store_true", help="also with whole families left out")
    report.set_defaults(act=_triage_report)


def _demo(args: argparse.Namespace) -> int:
    from bot.app import create_bot
    from bot.sandbox.demo import run_demo

    logging.basicConfig(level=logging.WARNING)
    return run_demo(create_bot, data_dir=args.data, port=args.port, open_browser=not args.no_browser)


def _run(_: argparse.Namespace) -> int:
    from bot.process import run

    return run()


def _doctor(args: argparse.Namespace) -> int:
    from bot.doctor import run_doctor

    return run_doctor(offline=args.offline)


def _bench_voice(args: argparse.Namespace) -> int:
    from bot.sandbox.bench.voice import run

    logging.basicConfig(level=logging.CRITICAL)  # a baseline that breaks says so in its figures
    return run(
        args.channels, args.mixes, args.seconds, dave=args.dave, baseline=args.baseline, mode=args.mode
    )


def _db_migrate(_: argparse.Namespace) -> int:
    from bot.database_commands import migrate_database

    return migrate_database()


def _db_backup(args: argparse.Namespace) -> int:
    from bot.database_commands import backup_database

    return backup_database(args.file)


def _db_restore(args: argparse.Namespace) -> int:
    from bot.database_commands import restore_database

    return restore_database(args.file)


def _bench_reminders(args: argparse.Namespace) -> int:
    try:
        from bot.sandbox.bench.reminders import bench_reminders
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"The benchmark needs {error.name}, which comes with the sandbox: install hush-asmr[sandbox]."
        ) from None
    return bench_reminders(
        n_rules=args.rules,
        n_due=args.due,
        n_workers=args.workers,
        database=args.database,
        budget_per_s=args.budget,
        as_json=args.json,
    )


def _helplines_check(_: argparse.Namespace) -> int:
    from bot.content.helpline_directory import HelplineDirectory
    from bot.core.clock import SystemClock
    from bot.support.helpline_ages import check_helplines

    return check_helplines(HelplineDirectory.load(), SystemClock().now().date())


def _sounds_list(args: argparse.Namespace) -> int:
    from bot.audio.commands import list_sounds

    return list_sounds(as_json=args.json)


def _sounds_render(args: argparse.Namespace) -> int:
    from bot.audio.commands import render_sound

    seconds = args.seconds
    if args.hours is not None or args.minutes is not None:
        seconds = 3600.0 * args.hours if args.hours is not None else 60.0 * args.minutes
    return render_sound(
        args.sound, code=args.code, seconds=seconds, seed=args.seed, volume=args.volume, out=args.out
    )


def _sounds_check(args: argparse.Namespace) -> int:
    from bot.audio.commands import check_library

    return check_library(args.sounds, args.docs)


def _sounds_import(args: argparse.Namespace) -> int:
    from bot.audio.commands import import_sounds
    from bot.audio.importing.own import Offer
    from bot.settings import load

    offer = Offer(args.name, args.family, args.author, args.licence)
    return import_sounds(args.files, offer, load().data_dir / "sounds")


def _sounds_build(args: argparse.Namespace) -> int:
    from bot.audio.commands import build_sounds

    return build_sounds(args.sounds, force=args.force)


def _triage(args: argparse.Namespace) -> int:
    from bot.support.commands import triage_lines, utf8

    return triage_lines(args.surface, utf8(sys.stdin), utf8(sys.stdout), sys.stderr)


def _triage_report(args: argparse.Namespace) -> int:
    from bot.support.commands import print_report

    return print_report(curve=args.curve, unseen_families=args.unseen_families)
