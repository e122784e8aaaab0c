"""The product on this machine."""

import argparse
import asyncio
import errno
import sys
from pathlib import Path

from local import DEFAULT_PORT, DEFAULT_STATE
from local.engines import DEFAULT_ENGINE, ENGINES
from local.errors import StackError

INTERRUPTED = 130


def main() -> int:
    options = _parser().parse_args()

    from local import commands

    try:
        return commands.COMMANDS[options.command](options)
    except StackError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        print("The disk is full. Free some space and start again.", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, what: str) -> argparse.ArgumentParser:
        found = commands.add_parser(name, help=what, description=what)
        found.add_argument(
            "--state",
            type=Path,
            default=Path(DEFAULT_STATE),
            metavar="DIR",
            help="default: %(default)s",
        )
        return found

    def stack_command(name: str, what: str) -> argparse.ArgumentParser:
        found = command(name, what)
        found.add_argument(
            *("--port", "-p"),
            type=int,
            default=DEFAULT_PORT,
            metavar="N",
            help="of the API; the parts take the six after it; default: %(default)s",
        )
        return found

    _add_engine(stack_command("up", "start every part and serve until Ctrl-C"))
    _add_engine(stack_command("run", "up, then the sample documents through the pipeline"))
    reading = stack_command("read", "send files through the product and print what was read")
    reading.add_argument("files", nargs="+", metavar="FILE")
    reading.add_argument("--json", action="store_true", help="a JSON object a line on stdout")
    reading.add_argument("--force", action="store_true", help="read again what is there already")
    _add_user(reading)
    command("status", "each part, its port, memory and health; exit code 1 if one is down")
    _add_user(command("token", "print an access token"))
    executing = command("exec", "run a program with the settings of the running stack")
    executing.add_argument("program", nargs="+", metavar="-- PROGRAM", help="and its arguments")
    reset = command("reset", "remove everything a stack has kept")
    reset.add_argument("--yes", action="store_true", help="without asking")
    return parser


def _add_engine(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default=DEFAULT_ENGINE,
        help="what runs the functions: ours, or Microsoft's worker library; default: %(default)s",
    )


def _add_user(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--user", default="owner@demo.test", metavar="EMAIL", help="default: %(default)s"
    )


if __name__ == "__main__":
    sys.exit(main())
