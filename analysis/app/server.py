"""The pages and what they ask for, as a small web application.

Whoever has a link is who the link was made for; nothing else identifies anybody. Pages load nothing
from elsewhere, are not stored by browsers, and do not tell other sites where they were linked from.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from jinja2 import Environment, FileSystemLoader
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from takeoff.analysis.app.asked import BINS, ITEMS, LEVELS
from takeoff.analysis.app.desk import Desk, NotTakingPartError, RoundClosedError
from takeoff.analysis.app.folder import Expert
from takeoff.analysis.app.typed import CHIPS
from takeoff.models.errors import InputError

__all__ = ["application"]

_HERE = Path(__file__).parent
_TEMPLATES = _HERE.parent / "templates"
_STATIC = {
    "report.css": (_TEMPLATES / "report.css", "text/css"),
    "app.css": (_HERE / "static" / "app.css", "text/css"),
    **{
        name: (_HERE / "static" / name, "text/javascript")
        for name in ("app.js", "drawing.js", "inputs.js", "keeping.js")
    },
}
_MOST_BYTES = 16_384

_HEADERS = {
    b"cache-control": b"no-store",
    b"content-security-policy": b"default-src 'none'; script-src 'self'; style-src 'self'; "
    b"img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    b"frame-ancestors 'none'",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
}


def application(desk: Desk, hosts: list[str]) -> Starlette:
    """Make the application of a desk, to be reached under these host names."""
    pages = _Pages(desk)
    routes = [
        Route("/", pages.nowhere),
        Route("/static/{name}", pages.static),
        Route("/e/{token}", pages.expert),
        Route("/e/{token}/consent", pages.consent, methods=["POST"]),
        Route("/e/{token}/state", pages.state),
        Route("/e/{token}/answer", pages.answer, methods=["POST"]),
        Route("/e/{token}/answers.json", pages.own_answers),
        Route("/e/{token}/withdraw", pages.withdraw, methods=["GET", "POST"]),
        Route("/o/{token}", pages.organiser),
        Route("/o/{token}/{deed}", pages.organise, methods=["POST"]),
    ]
    middleware = [
        Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False),
        Middleware(_WithHeaders),
    ]
    return Starlette(routes=routes, middleware=middleware)


class _WithHeaders:
    """Gives every response the headers that keep a page to itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS.items()]
            await send(message)

        await self._app(scope, receive, sent)


class _Pages:
    """What is answered under each address."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._templates = Environment(
            loader=FileSystemLoader(_TEMPLATES / "app"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    async def nowhere(self, request: Request) -> Response:
        return self._page("nowhere.html")

    async def static(self, request: Request) -> Response:
        found = _STATIC.get(request.path_params["name"])
        if found is None:
            return PlainTextResponse("There is nothing here.", 404)
        path, kind = found
        return Response(path.read_bytes(), media_type=kind)

    async def expert(self, request: Request) -> Response:
        expert = self._expert(request)
        if expert is None:
            return self._unknown()
        said = self._desk.said(expert)
        if said.consented is None:
            return self._consent_page(expert, withdrawn="withdrawn" in request.query_params)
        asked = [
            {
                "name": each.name,
                "topic": each.topic,
                "title": each.title,
                "setting": each.setting,
                "terms": each.terms,
                "asked": each.asked,
                "note": each.note,
                "kind": each.kind,
            }
            for each in ITEMS
        ]
        settings = {"levels": LEVELS, "bins": BINS, "chips": CHIPS}
        return self._page("answer.html", expert=expert, asked=asked, settings=settings)

    async def consent(self, request: Request) -> Response:
        expert = self._expert(request)
        if expert is None:
            return self._unknown()
        try:
            form = parse_qs((await _body(request)).decode(errors="replace"))
        except InputError:
            return self._consent_page(expert, problem="This was too long.", status=422)
        if form.get("agreed") != ["yes"]:
            problem = "Tick the box if you agree; without that nothing is asked and nothing kept."
            return self._consent_page(expert, problem=problem, status=422)
        try:
            await run_in_threadpool(self._desk.consent, expert, form.get("camp", [""])[0])
        except InputError as error:
            return self._consent_page(expert, problem=str(error), status=422)
        return RedirectResponse(f"/e/{expert.token}", 303)

    async def state(self, request: Request) -> Response:
        expert = self._expert(request)
        if expert is None:
            return JSONResponse({"problem": "This link is not known."}, 404)
        return JSONResponse(await run_in_threadpool(self._desk.state, expert))

    async def answer(self, request: Request) -> Response:
        expert = self._expert(request)
        if expert is None:
            return JSONResponse({"problem": "This link is not known."}, 404)
        try:
            sent = json.loads(await _body(request))
            if not isinstance(sent, dict):
                raise InputError("not an answer; load the page again")
            crossed = await run_in_threadpool(self._desk.answer, expert, sent)
        except (ValueError, InputError) as error:
            said = str(error) if isinstance(error, InputError) else "not an answer"
            return JSONResponse({"problem": said}, 422)
        except RoundClosedError:
            problem = "The round was closed before this answer came, so it was not taken."
            return JSONResponse({"problem": problem}, 409)
        except NotTakingPartError:
            problem = "You have not agreed yet, or have withdrawn: nothing was kept."
            return JSONResponse({"problem": problem}, 403)
        except OSError as error:
            problem = f"It could not be written on the server's disk ({error.strerror})."
            return JSONResponse({"problem": problem}, 507)
        state = await run_in_threadpool(self._desk.state, expert)
        return JSONResponse({**state, "crossed": crossed})

    async def own_answers(self, request: Request) -> Response:
        expert = self._expert(request)
        if expert is None:
            return self._unknown()
        entries = self._desk.folder.journals[expert.number].entries
        text = json.dumps(entries, indent=1, ensure_ascii=False)
        kept = {"content-disposition": 'attachment; filename="my_answers.json"'}
        return Response(text, media_type="application/json", headers=kept)

    async def withdraw(self, request: Request) -> Response:
        expert = self._expert(request)
        if expert is None:
            return self._unknown()
        if request.method == "GET":
            return self._page("withdraw.html", expert=expert)
        await run_in_threadpool(self._desk.withdraw, expert)
        return RedirectResponse(f"/e/{expert.token}?withdrawn", 303)

    async def organiser(self, request: Request) -> Response:
        if not self._desk.folder.panel.is_organiser(request.path_params["token"]):
            return self._unknown()
        return self._organiser_page(request)

    async def organise(self, request: Request) -> Response:
        desk = self._desk
        if not desk.folder.panel.is_organiser(request.path_params["token"]):
            return self._unknown()
        deeds: dict[str, Callable[[], Any]] = {
            "close": desk.close_round,
            "open": desk.folder.open_round,
            "export": desk.export,
        }
        deed = deeds.get(request.path_params["deed"])
        if deed is None:
            return self._unknown()
        try:
            await run_in_threadpool(deed)
        except InputError as error:
            return self._organiser_page(request, problem=str(error), status=500)
        return RedirectResponse(f"/o/{request.path_params['token']}", 303)

    def _expert(self, request: Request) -> Expert | None:
        return self._desk.folder.panel.expert(request.path_params["token"])

    def _unknown(self) -> Response:
        return self._page("nowhere.html", 404, unknown=True)

    def _consent_page(
        self, expert: Expert, problem: str = "", withdrawn: bool = False, status: int = 200
    ) -> Response:
        return self._page(
            "consent.html",
            status,
            expert=expert,
            camps=list(self._desk.weights),
            alone=len(self._desk.folder.panel.experts) == 1,
            problem=problem,
            withdrawn=withdrawn,
            questions=len(ITEMS),
        )

    def _organiser_page(self, request: Request, problem: str = "", status: int = 200) -> Response:
        desk = self._desk
        panel = desk.folder.panel
        rows = [
            {"expert": each, "consented": said.consented, "answers": len(said.answers)}
            for each, said in ((each, desk.said(each)) for each in panel.experts)
        ]
        study = desk.folder.path / "study"
        return self._page(
            "organiser.html",
            status,
            panel=panel,
            rows=rows,
            base_url=str(request.base_url).rstrip("/"),
            study=str(study) if study.exists() else "",
            left_out=desk.left_out(),
            studies=desk.base.studies if desk.base is not None else (),
            may_export=len(panel.experts) == 1 or panel.last_closed > 0,
            questions=len(ITEMS),
            problem=problem,
        )

    def _page(self, name: str, status: int = 200, **context: object) -> Response:
        return HTMLResponse(self._templates.get_template(name).render(**context), status)


async def _body(request: Request) -> bytes:
    """Read what was sent, if it is no longer than an answer can be."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise InputError("this is too long for an answer; shorten it")
    return body
