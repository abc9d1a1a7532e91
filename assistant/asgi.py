"""HTTP and websocket routes, and what is done when the web process starts and ends.

Readers' sockets know the reader by the signed cookie alone; only the staff's socket looks at
Django's session.
"""

from __future__ import annotations

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assistant.settings")
django_application = get_asgi_application()

# Only now is Django ready for what follows.
# ruff: noqa: E402
from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator, WebsocketDenier
from channels.sessions import CookieMiddleware
from django.urls import path, re_path

# The Celery app, or a `.delay()` in this process would go to a broker that nobody reads.
from assistant.celery import app as celery_app
from assistant.consumers import ChatConsumer
from assistant.lifespan import Lifespan
from knowledge.consumers import RefreshConsumer

__all__ = ["application", "celery_app"]

# Django's types know only views that answer HTTP.
chat: Any = CookieMiddleware(ChatConsumer.as_asgi())
refresh: Any = AuthMiddlewareStack(RefreshConsumer.as_asgi())
# An unknown address is refused quietly; without this it would be a traceback in the log.
refuse: Any = WebsocketDenier.as_asgi()
websocket_routes: Any = [
    path("ws/chat/", chat),
    path("ws/refresh/<int:run_id>/", refresh),
    re_path(r"", refuse),
]

application = ProtocolTypeRouter(
    {
        "http": django_application,
        "websocket": AllowedHostsOriginValidator(URLRouter(websocket_routes)),
        "lifespan": Lifespan(),
    }
)
