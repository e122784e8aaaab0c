"""Signs a person in as a browser would: authorization code, PKCE and a second factor, over HTTP."""

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import httpx

from local.errors import StackError
from local.parts.oidc import CLIENT_ID, SCOPE

CALLBACK = "http://127.0.0.1/callback"
MOST_REDIRECTS = 10


class SignInRefused(StackError):
    """The provider would not let this person in."""


@dataclass(frozen=True, slots=True)
class Tokens:
    access_token: str
    refresh_token: str
    id_token: str


def sign_in(issuer: str, email: str, password: str) -> Tokens:
    verifier = secrets.token_urlsafe(48)
    with httpx.Client(base_url=issuer, trust_env=False) as browser:
        code = _authorize(browser, verifier, email, password)
        return _redeem(
            browser,
            grant_type="authorization_code",
            code=code,
            code_verifier=verifier,
            redirect_uri=CALLBACK,
        )


def refresh(issuer: str, refresh_token: str) -> Tokens:
    with httpx.Client(base_url=issuer, trust_env=False) as client:
        return _redeem(client, grant_type="refresh_token", refresh_token=refresh_token)


def _authorize(browser: httpx.Client, verifier: str, email: str, password: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    state = secrets.token_urlsafe(16)
    question = {
        "client_id": CLIENT_ID,
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": SCOPE,
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    answer = browser.get(f"/auth?{urlencode(question)}")
    for _ in range(MOST_REDIRECTS):
        if not answer.is_redirect:
            answer = _fill_in(browser, answer, email, password)
            continue
        location = urljoin(str(answer.url), answer.headers["location"])
        if location.startswith(CALLBACK):
            return _code(location, state)
        answer = browser.get(location)
    raise SignInRefused("The sign-in provider sent us round in circles.")


def _fill_in(
    browser: httpx.Client, page: httpx.Response, email: str, password: str
) -> httpx.Response:
    """The page for the password, and after it the one that shows the code it wants."""
    action = re.search(r'action="([^"]+)"', page.text)
    if page.is_error or action is None:
        raise SignInRefused(f"The sign-in provider refused {email}.")
    code = re.search(r"<output>(\d+)</output>", page.text)
    given = {"code": code[1]} if code else {"email": email, "password": password}
    return browser.post(action[1], data=given)


def _code(location: str, state: str) -> str:
    answer = parse_qs(urlsplit(location).query)
    if answer.get("state") != [state] or "code" not in answer:
        raise SignInRefused(f"The sign-in provider refused: {answer.get('error', ['no code'])[0]}.")
    return answer["code"][0]


def _redeem(client: httpx.Client, **form: str) -> Tokens:
    answer = client.post("/token", data={"client_id": CLIENT_ID, **form})
    if answer.is_error:
        raise SignInRefused(f"The sign-in provider gave no token: {answer.json()['error']}.")
    found = answer.json()
    return Tokens(found["access_token"], found["refresh_token"], found["id_token"])
