"""Runs the custom actions that Rasa asks for, inside the application."""

import hmac
from collections.abc import Iterable
from typing import Any

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection

log = structlog.get_logger(__name__)

# A tracker of a long conversation with its domain is about 200 kB.
MAX_BODY = 8 * 1024 * 1024


def make_executor(actions: Iterable[Action]) -> ActionExecutor:
    """Register actions that were built with their services (``register_package`` would build them without)."""
    executor = ActionExecutor()
    for action in actions:
        executor.register_action(action)
    return executor


def router(executor: ActionExecutor, secret: str) -> APIRouter:
    """Give the route that ``endpoints.yml`` names; it opens only with the secret that Rasa was started with."""
    routes = APIRouter()

    @routes.post("/rasa/actions", include_in_schema=False)
    async def run_action(request: Request, token: str = "") -> JSONResponse:
        if not hmac.compare_digest(token.encode(), secret.encode()):
            return JSONResponse({"error": "wrong token"}, status_code=401)
        body = await request.body()
        if len(body) > MAX_BODY:
            return JSONResponse({"error": "too large"}, status_code=413)
        call: dict[str, Any] = await request.json()
        name = call.get("next_action")
        try:
            result = await executor.run(call)
        except ActionExecutionRejection as rejection:
            # Rasa's contract: 400 with the action's name means "not now", e.g. a form that found nothing to fill.
            return JSONResponse({"error": str(rejection), "action_name": rejection.action_name}, status_code=400)
        except Exception as error:
            log.exception("action failed", action=name)
            return JSONResponse({"error": repr(error), "action_name": name}, status_code=500)
        return JSONResponse(result.model_dump() if result else {"events": [], "responses": []})

    return routes
