"""Django settings, from a few environment variables with plain defaults (see docs/handbook)."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from shouxin.operations.server import environment, logs
from shouxin.people import rules
from shouxin.people.second_factor import rules as factor_rules

environment.refuse_unknown()
ROOT = Path(__file__).resolve().parent.parent
DATA = environment.data_folder()

SECRET_KEY = environment.secret_key(DATA)
DEBUG = False
ALLOWED_HOSTS = environment.allowed_hosts()
PUBLIC_ADDRESS = environment.public_address()
CSRF_TRUSTED_ORIGINS = environment.trusted_origins()
PROXIES = environment.proxies()
ENCRYPTED = bool(PROXIES or environment.certificate())

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_countries",
    "axes",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "procrastinate.contrib.django",
    "ninja",
    "shouxin.kit",
    "shouxin.journal",
    "shouxin.people",
    "shouxin.vault",
    "shouxin.gate",
    "shouxin.drafts",
    "shouxin.rulebook",
    "shouxin.customers",
    "shouxin.access",
    "shouxin.rights",
    "shouxin.operations",
    "shouxin.console",
    "shouxin.portal",
    "shouxin.api",
]

MIDDLEWARE = [
    "shouxin.operations.server.middleware.believe_named_proxies",
    "shouxin.operations.server.middleware.log_requests",
    "shouxin.operations.server.middleware.add_security_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "shouxin.people.doors.Doors",
    "shouxin.people.preferences.doors.ReadersTime",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "shouxin.console.errors.explain_not_allowed",
    "shouxin.rulebook.middleware.hold_rulebook",
]

CSRF_FAILURE_VIEW = "shouxin.console.errors.csrf_failure"
ROOT_URLCONF = "shouxin.urls"
WSGI_APPLICATION = "shouxin.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": sorted(ROOT.glob("*/*/templates")),  # of the rooms; the apps' own are found by APP_DIRS
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "shouxin.console.shell.context",
            ],
        },
    },
]

DATABASES = environment.databases(DATA)

LOGGING = logs.logging_config()
logs.configure()

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_IMPORT_PATHS = environment.job_modules(ROOT)

AUTH_USER_MODEL = "people.Staff"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # user names are unique without regard to case, by an index
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "shouxin.people.signin.StaffBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
_VALIDATION = "django.contrib.auth.password_validation."
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": _VALIDATION + "MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {
        "NAME": _VALIDATION + "UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("user_name", "display_name")},
    },
    {"NAME": _VALIDATION + "CommonPasswordValidator"},
    {"NAME": _VALIDATION + "NumericPasswordValidator"},
]
AXES_FAILURE_LIMIT = rules.NAME_LIMIT
AXES_COOLOFF_TIME = rules.LOCK_LASTS
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "shouxin.people.signin.name_of_credentials"
AXES_LOCKOUT_CALLABLE = "shouxin.people.views.door.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # the journal keeps sign-ins, by pseudonym
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False  # its log lines name people

# allauth's second factors, behind our own pages: none of its addresses is mounted.
ACCOUNT_USER_MODEL_USERNAME_FIELD = "user_name"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# Of its providers only the protocol is used, on connections kept here: its own tables stay empty.
SOCIALACCOUNT_ADAPTER = "shouxin.people.federation.adapter.ConnectionAdapter"
MFA_ADAPTER = "shouxin.people.second_factor.adapter.SealingAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_PERIOD = factor_rules.TOTP_PERIOD
MFA_TOTP_DIGITS = factor_rules.TOTP_DIGITS
MFA_TOTP_TOLERANCE = factor_rules.TOTP_TOLERANCE
MFA_RECOVERY_CODE_COUNT = factor_rules.RECOVERY_CODES
MFA_RECOVERY_CODE_DIGITS = factor_rules.RECOVERY_DIGITS

LANGUAGE_CODE = "zh-hans"
# As GB/T 2659 and PRC usage name them.
COUNTRIES_OVERRIDE = {"HK": _("中国香港"), "MO": _("中国澳门"), "TW": _("中国台湾")}
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("English"))]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
FORMAT_MODULE_PATH = ["shouxin.console.formats"]
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.InMemoryStorage"
    },  # files are kept sealed, never by Django
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = int(rules.ABSOLUTE_END.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if ENCRYPTED:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_SSL_REDIRECT = True  # what comes past the proxy, or reached it unencrypted
    SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # believed from named proxies alone
