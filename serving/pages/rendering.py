"""Templates to HTML: the environment, what every template knows, and the pages that explain an error."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, get_args
from urllib.parse import quote, unquote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from serving.access.actor import current_actor
from serving.access.guard import form_token_of, session_of, signed_in
from serving.access.sessions import IDLE
from serving.items import Kind
from serving.pages import formatting, words
from serving.pages.choices import DENIED, INVOICES, LONGEST_NAME, LONGEST_REASON
from serving.pages.denied import days_left
from serving.pages.looks import KINDS, LANES
from serving.pages.places import places
from serving.queue_names import queue_words

FOLDER = Path(__file__).parent
REVIEWER_COOKIE = "clearlane-reviewer"
_HALF_A_YEAR = 182 * 86_400


def make_environment() -> Environment:
    """Templates that escape everything and fail on a name that nobody set."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        money=formatting.money,
        percent=formatting.percent,
        moment=formatting.moment,
        span=formatting.span,
        confidence_word=formatting.confidence_word,
        adjustments=words.adjustments,
        times=formatting.times,
        queue_words=queue_words,
        path_segment=lambda text: quote(text, safe=""),
    )
    environment.globals.update(
        LANES=LANES,
        KINDS=KINDS,
        DENIED=DENIED,
        INVOICES=INVOICES,
        days_left=days_left,
        kinds=get_args(Kind),
        days=formatting.days,
        longest_reason=LONGEST_REASON,
        longest_name=LONGEST_NAME,
    )
    return environment


class Renderer:
    """Renders a template for a request: links under the place where the pages are mounted, the reviewer's name."""

    def __init__(self) -> None:
        self._environment = make_environment()

    def page(
        self, request: Request, template: str, *, now: datetime, status: int = 200, **values: Any
    ) -> HTMLResponse:
        """A template as an answer; ``now`` (UTC) is what ages are counted from."""
        text = self._environment.get_template(template).render(
            root=root_path(request),
            reviewer=reviewer_of(request),
            places=places(current_actor(), _place(request)),
            signed_in=signed_in(request.scope),
            session=session_of(request.scope),
            form_token=form_token_of(request.scope),
            idle_seconds=int(IDLE.total_seconds()),
            now=now,
            **values,
        )
        return HTMLResponse(text, status_code=status)


def root_path(request: Request) -> str:
    """The path under which the pages are mounted, without a slash at its end."""
    return str(request.scope.get("root_path", "")).rstrip("/")


def _place(request: Request) -> str:
    """The address below the place where the pages are mounted."""
    return str(request.scope["path"]).removeprefix(root_path(request)) or "/"


def reviewer_of(request: Request) -> str:
    """The reviewer's name: of who is signed in, else as the browser remembers it; empty at the first visit."""
    actor = signed_in(request.scope)
    if actor is not None:
        return actor.name
    return unquote(request.cookies.get(REVIEWER_COOKIE, ""))[:LONGEST_NAME]


def remember_reviewer(answer: Response, request: Request, name: str) -> None:
    """Have the browser remember who decides, for half a year, for these pages alone; where nobody signs in."""
    if signed_in(request.scope) is not None:
        return
    answer.set_cookie(
        REVIEWER_COOKIE,
        quote(name),
        max_age=_HALF_A_YEAR,
        path=root_path(request) or "/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
