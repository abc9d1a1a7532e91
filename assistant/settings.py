"""Every setting. Every environment variable is read here and nowhere else.

`.env.example` lists the same variables, and a test keeps the two the same.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

import dj_database_url
import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent


def env_text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def env_flag(name: str, default: bool) -> bool:
    value = env_text(name, "1" if default else "0").lower()
    if value not in {"1", "0", "true", "false", "yes", "no", "on", "off"}:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}")
    return value in {"1", "true", "yes", "on"}


def env_number(name: str, default: float) -> float:
    value = env_text(name, str(default))
    try:
        return float(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a number, not {value!r}") from None


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in env_text(name, default).split(",") if part.strip()]


def load_secret_key(path: Path) -> str:
    """Make a secret once and keep it: sessions then survive a restart on a machine of one."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(50))
        # Two processes that start together must end with one secret: the first link wins.
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text().strip()


# --- where things are written ------------------------------------------------------------------

VAR_DIR = Path(env_text("VAR_DIR", str(BASE_DIR / "var"))).expanduser().resolve()

# --- security ----------------------------------------------------------------------------------

DEBUG = env_flag("DEBUG", False)
# PRODUCTION=1 refuses to start without what only a deployment can know.
PRODUCTION = env_flag("PRODUCTION", False)
SECRET_KEY = env_text("SECRET_KEY")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
if PRODUCTION and (not SECRET_KEY or "*" in ALLOWED_HOSTS or not env_text("ALLOWED_HOSTS")):
    raise ImproperlyConfigured("PRODUCTION=1 needs SECRET_KEY and ALLOWED_HOSTS (without '*')")
SECRET_KEY = SECRET_KEY or load_secret_key(VAR_DIR / "secret-key")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
# Behind a proxy that ends TLS and sets X-Forwarded-Proto.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True

# --- the application ---------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "knowledge.apps.KnowledgeConfig",
    "assistant.apps.AssistantConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "assistant.middleware.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "assistant.urls"
ASGI_APPLICATION = "assistant.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# --- the database ------------------------------------------------------------------------------

DATABASE_URL = env_text("DATABASE_URL", f"sqlite:///{VAR_DIR / 'db.sqlite3'}")
DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=60)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        # Readers never wait for the worker that writes, and writers wait for each other.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=15000;"
            # What is deleted is overwritten, not only unlinked.
            "PRAGMA secure_delete=ON;"
        ),
        "transaction_mode": "IMMEDIATE",
        "timeout": 15,
    }
    # A file, because the answer runs in threads that an in-memory database would lock.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: the channel layer and the task queue -----------------------------------------------

# `serve` sets it for its children when it starts a Redis of its own.
REDIS_URL = env_text("REDIS_URL", "redis://127.0.0.1:6379/0")
REDIS_IS_GIVEN = bool(env_text("REDIS_URL"))
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": "assistant", "capacity": 1000},
    }
}
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_TASK_DEFAULT_QUEUE = "assistant"
# request < soft limit < hard limit < visibility timeout; knowledge.checks keeps it so.
KNOWLEDGE_REQUEST_TIMEOUT_SECONDS = env_number("KNOWLEDGE_REQUEST_TIMEOUT_SECONDS", 20)
CELERY_TASK_SOFT_TIME_LIMIT = 3000
CELERY_TASK_TIME_LIMIT = 3300
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}

# --- the knowledge -----------------------------------------------------------------------------

GOVUK_API_ROOT = env_text("GOVUK_API_ROOT", "https://www.gov.uk/api/content").rstrip("/")
KNOWLEDGE_ALLOWED_HOSTS = env_list(
    "KNOWLEDGE_ALLOWED_HOSTS",
    "www.gov.uk,www.legislation.gov.uk,www.judiciary.uk,asylumineurope.org,www.ofpra.gouv.fr,"
    "committees.parliament.uk,commonslibrary.parliament.uk,bills.parliament.uk,"
    "www.register-uk-european-applicant-transfer-scheme.homeoffice.gov.uk,"
    "assets.publishing.service.gov.uk",
)
KNOWLEDGE_RESPONSE_LIMIT_BYTES = int(env_number("KNOWLEDGE_RESPONSE_LIMIT_BYTES", 8_000_000))
KNOWLEDGE_DOCUMENT_LIMIT = int(env_number("KNOWLEDGE_DOCUMENT_LIMIT", 20_000))
# Of a refresh, to an interface for programs; a site's pages are asked for one at a time.
# Where an answer takes 50 ms, 500 pages take 30 s over one and 11 s over four; on loopback the
# number makes no difference.
KNOWLEDGE_CONNECTIONS_PER_HOST = int(env_number("KNOWLEDGE_CONNECTIONS_PER_HOST", 4))
# What reading one file may cost: it happens in a process of its own, which is stopped above that.
KNOWLEDGE_FILE_TIMEOUT_SECONDS = int(env_number("KNOWLEDGE_FILE_TIMEOUT_SECONDS", 60))
KNOWLEDGE_FILE_MEMORY_BYTES = int(env_number("KNOWLEDGE_FILE_MEMORY_BYTES", 512_000_000))
KNOWLEDGE_FILE_LIMIT_BYTES = int(env_number("KNOWLEDGE_FILE_LIMIT_BYTES", 25_000_000))
KNOWLEDGE_FILES_DIR = VAR_DIR / "files"
KNOWLEDGE_CONTACT = env_text("KNOWLEDGE_CONTACT")
# A LlamaIndex embedding class, 'package.module.Class', to use instead of the bundled model.
KNOWLEDGE_EMBEDDING_CLASS = env_text("KNOWLEDGE_EMBEDDING_CLASS")
KNOWLEDGE_EMBEDDING_MODEL = env_text("KNOWLEDGE_EMBEDDING_MODEL")
KNOWLEDGE_EMBEDDING_THREADS = int(env_number("KNOWLEDGE_EMBEDDING_THREADS", 2))
# When a person is asked before changes go live: ask_on_fall, always_ask or never_ask.
KNOWLEDGE_GATE = env_text("KNOWLEDGE_GATE", "ask_on_fall")
if KNOWLEDGE_GATE not in {"ask_on_fall", "always_ask", "never_ask"}:
    raise ImproperlyConfigured(
        f"KNOWLEDGE_GATE must be ask_on_fall, always_ask or never_ask, not {KNOWLEDGE_GATE!r}"
    )
KNOWLEDGE_GATE_FALL_LIMIT = int(env_number("KNOWLEDGE_GATE_FALL_LIMIT", 0))
KNOWLEDGE_GATE_CHANGE_SHARE = env_number("KNOWLEDGE_GATE_CHANGE_SHARE", 0.2)
# Answers the gold questions; the knowledge itself doesn't know who asks.
KNOWLEDGE_GOLD_ANSWERER = "assistant.gold.answer_gold_question"
KNOWLEDGE_INDEX_DIR = VAR_DIR / "index"
KNOWLEDGE_INDEX_KEPT_LIMIT = int(env_number("KNOWLEDGE_INDEX_KEPT_LIMIT", 5))

# --- the conversation --------------------------------------------------------------------------

ASSISTANT_QUESTION_LIMIT_CHARACTERS = 600
# How much evidence an answer needs; docs/evaluation.md says what more and less would do.
ASSISTANT_EVIDENCE_FLOOR = env_number("ASSISTANT_EVIDENCE_FLOOR", 0.315)
ASSISTANT_ANSWER_TIMEOUT_SECONDS = env_number("ASSISTANT_ANSWER_TIMEOUT_SECONDS", 30)
ASSISTANT_ANSWERS_AT_ONCE_LIMIT = int(env_number("ASSISTANT_ANSWERS_AT_ONCE_LIMIT", 200))
ASSISTANT_RETENTION_DAYS = int(env_number("ASSISTANT_RETENTION_DAYS", 30))
ASSISTANT_HOST = env_text("ASSISTANT_HOST", "127.0.0.1")
ASSISTANT_PORT = int(env_number("ASSISTANT_PORT", 8000))

# --- a language model: none unless one is named here (docs/language-models.md) -------------------

# openai (any server that speaks its protocol), anthropic or ollama.
ASSISTANT_LLM = env_text("ASSISTANT_LLM")
ASSISTANT_LLM_MODEL = env_text("ASSISTANT_LLM_MODEL")
ASSISTANT_LLM_URL = env_text("ASSISTANT_LLM_URL").rstrip("/")
ASSISTANT_LLM_KEY = env_text("ASSISTANT_LLM_KEY")
# assistant.checks keeps first and next within the whole, and the whole within an answer's time.
ASSISTANT_LLM_FIRST_TOKEN_SECONDS = env_number("ASSISTANT_LLM_FIRST_TOKEN_SECONDS", 8)
ASSISTANT_LLM_NEXT_TOKEN_SECONDS = env_number("ASSISTANT_LLM_NEXT_TOKEN_SECONDS", 5)
ASSISTANT_LLM_WHOLE_SECONDS = env_number("ASSISTANT_LLM_WHOLE_SECONDS", 18)
ASSISTANT_LLM_TOKEN_LIMIT = int(env_number("ASSISTANT_LLM_TOKEN_LIMIT", 1200))

# --- language and time -------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# --- static files ------------------------------------------------------------------------------

STATIC_URL = "static/"
# Served from where they lie, so that no build or collect step, and no STATIC_ROOT, is needed.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# --- logs: ids, counts, durations and outcomes; never the reader's words -----------------------

DEFAULT_EXCEPTION_REPORTER = "assistant.logs.WordlessReporter"
DEFAULT_EXCEPTION_REPORTER_FILTER = "assistant.logs.WordlessReportFilter"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "assistant.logs.WordlessFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "filters": {"nothing_in_detail": {"()": "assistant.logs.NothingInDetail"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env_text("LOG_LEVEL", "INFO")},
    "loggers": {
        "httpx": {"level": "WARNING"},
        # At DEBUG these write whole requests: the reader's words, and a key.
        "httpcore": {"level": "WARNING"},
        "openai": {"level": "WARNING"},
        "anthropic": {"level": "WARNING"},
        "bm25s": {"level": "WARNING"},
        # At DEBUG these print statements with their parameters, and frames with their words.
        "django.db.backends": {"level": "INFO"},
        "websockets": {"level": "INFO"},
        "uvicorn": {"handlers": ["console"], "propagate": False},
        "uvicorn.error": {"filters": ["nothing_in_detail"]},
        # Named, or its parent above would give its lines, with readers' addresses, to the console.
        "uvicorn.access": {"handlers": [], "propagate": False},
        # What a task did, it says itself.
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
}
