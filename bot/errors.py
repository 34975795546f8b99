"""Every error that the application raises on purpose.

BotError
├── ConfigError            a setting is missing or wrong                     exit code 2
├── InputError             a file or argument of a command is wrong          exit code 2
├── NotFoundError          what was asked for does not exist                 404
├── ConflictError          somebody else was first                           409
├── TooLargeError          over a size limit                                 413
├── RateLimitedError       too many requests                                 429
├── UnavailableError       a part that we need does not answer               503
│   └── DialogueError      Rasa or an action failed; the turn may be retried
└── LeaseLostError         another worker took this conversation over
"""


class BotError(Exception):
    """Root of our errors.

    Attributes:
        code: Stable identifier for logs and API answers.
        status: HTTP status when the error reaches an endpoint.
        text_key: Response of ``nlu/domain`` that tells the citizen.
    """

    code = "bot_error"
    status = 500
    text_key = "utter_shared_trouble"


class ConfigError(BotError):
    """A setting is missing or wrong; the message names it and the remedy."""

    code = "config"


class InputError(BotError):
    """A file or argument given to a command is wrong; the message names file, line and remedy."""

    code = "input"
    status = 400


class NotFoundError(BotError):
    """What was asked for does not exist."""

    code = "not_found"
    status = 404


class ConflictError(BotError):
    """Somebody else was first; reload and look again."""

    code = "conflict"
    status = 409


class TooLargeError(BotError):
    """Over a size limit; the message names the limit."""

    code = "too_large"
    status = 413


class RateLimitedError(BotError):
    """Too many requests from one citizen."""

    code = "rate_limited"
    status = 429


class UnavailableError(BotError):
    """A part that we need does not answer; trying again later may help."""

    code = "unavailable"
    status = 503


class DialogueError(UnavailableError):
    """Rasa or one of its actions failed; the turn may be run again."""

    code = "dialogue"


class LeaseLostError(BotError):
    """Another worker has taken this conversation over; stop without writing."""

    code = "lease_lost"
