"""Firms, for whoever runs the service: what no route does, because nobody of a firm may.

It takes the app's own settings from the environment and works as the app does, for one firm at a
time: it sees what a firm is, and nothing of what it has. Each change is in the firm's audit trail.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias
from uuid import UUID, uuid4

from pydantic import TypeAdapter, ValidationError

from shared.compliance.long_verification import verify_whole
from shared.compliance.models import Head
from shared.identity import founding, organizations
from shared.identity.models import Email, Name, NewInvitation, Organization
from shared.identity.plans import Plan
from shared.platform import db
from shared.platform.actor import Role
from shared.platform.errors import AppError, NotFound
from shared.platform.settings import UnsafeSettings
from shared.platform.text import Instant

Options: TypeAlias = argparse.Namespace
Command: TypeAlias = Callable[[Options], Awaitable[dict[str, Any]]]


async def found(options: Options) -> dict[str, Any]:
    """The secret is shown this once: whoever has it becomes the owner."""
    owner = NewInvitation(email=options.owner_email, name=options.owner_name, role=Role.OWNER)
    sent = await founding.found_by_invitation(
        options.id, options.name, owner, options.plan, options.ends
    )
    invitation = sent.model_dump(mode="json", include={"email", "secret", "expires_at"})
    return {"id": str(options.id), "invitation": invitation}


async def change_plan(options: Options) -> dict[str, Any]:
    return _shown(await organizations.change_plan(options.id, options.plan, options.ends))


async def suspend(options: Options) -> dict[str, Any]:
    return _shown(await organizations.suspend_organization(options.id))


async def reinstate(options: Options) -> dict[str, Any]:
    return _shown(await organizations.reinstate_organization(options.id))


async def verify(options: Options) -> dict[str, Any]:
    return (await verify_whole(options.id, options.head)).model_dump(mode="json")


def _shown(firm: Organization) -> dict[str, Any]:
    return firm.model_dump(mode="json", include={"id", "state", "plan", "plan_ends_at"})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.organizations", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, what: str, run: Command) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=what, description=what)
        added.set_defaults(run=run)
        return added

    def of_a_firm(name: str, what: str, run: Command) -> argparse.ArgumentParser:
        added = command(name, what, run)
        added.add_argument("id", type=_parsed(UUID, "an id"), help="of the firm")
        return added

    new = command("found", "a firm, and invite its owner; with the same --id, invite again", found)
    new.add_argument(
        "--id", type=_parsed(UUID, "an id"), default=uuid4(), help="default: a new one"
    )
    new.add_argument("--name", type=_parsed(Name, "a name"), required=True)
    new.add_argument("--owner-email", type=_parsed(Email, "an address"), required=True)
    new.add_argument("--owner-name", type=_parsed(Name, "a name"), required=True)
    _add_plan(new, "--plan", default=Plan.TRIAL)
    _add_plan(of_a_firm("plan", "move a firm to another plan", change_plan), "plan")
    of_a_firm("suspend", "let nobody of a firm in, within a minute", suspend)
    of_a_firm("reinstate", "let them in again", reinstate)
    verifying = of_a_firm("verify", "a firm's audit trail, also an erased firm's", verify)
    verifying.add_argument(
        "--head",
        type=_parsed(Head, "a head"),
        help="of an earlier verification: must still be there",
    )
    return parser


def _add_plan(parser: argparse.ArgumentParser, name: str, **options: Any) -> None:
    parser.add_argument(name, type=Plan, choices=list(Plan), **options)
    parser.add_argument(
        "--ends", type=_parsed(Instant, "a moment with its zone"), help="2027-01-31T12:00:00Z"
    )


def _parsed(kind: Any, told: str) -> Callable[[str], Any]:
    adapter: TypeAdapter[Any] = TypeAdapter(kind)

    def parse(text: str) -> Any:
        try:
            return adapter.validate_strings(text)
        except ValidationError:
            raise argparse.ArgumentTypeError(f"this is not {told}") from None

    return parse


async def _carry_out(options: Options) -> dict[str, Any]:
    try:
        return await options.run(options)
    finally:
        await db.pool().close()


def main() -> int:
    options = _parser().parse_args()
    try:
        told = asyncio.run(_carry_out(options))
    except NotFound:
        return _refuse("There is no such firm.")
    except AppError as error:
        return _refuse(f"{error}. {error.remedy}.")
    except UnsafeSettings as error:
        return _refuse(str(error))
    sys.stdout.write(json.dumps(told, indent=2) + "\n")
    return 0 if told.get("is_intact", True) else 1


def _refuse(told: str) -> int:
    sys.stderr.write(f"{told}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
