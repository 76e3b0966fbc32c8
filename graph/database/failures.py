"""What can go wrong, and which of the driver's errors is which."""

from typing import Literal

from neo4j.exceptions import (
    AuthError,
    ConfigurationError,
    ConnectionPoolError,
    ConstraintError,
    DriverError,
    IncompleteCommit,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
    TransientError,
)

Kind = Literal["read", "write"]
_OUT_OF_MEMORY = "MemoryPoolOutOfMemoryError"
_NOT_OPEN_YET = "Neo.ClientError.Database.DatabaseNotFound"


class DatabaseFailure(Exception):
    """Anything that went wrong between us and the database."""


class Unavailable(DatabaseFailure):
    """Nobody answered, or not for us, or others were in the way until the deadline."""


class Denied(Unavailable):
    """It answers, but does not take this user and password."""


class OutcomeUnknown(Unavailable):
    """The connection broke, or the deadline passed, during a commit: the write may have happened."""


class TimedOut(DatabaseFailure):
    """The deadline passed, and the statement was stopped."""


class ConstraintViolated(DatabaseFailure):
    """A unique value exists already, or a node still has ties."""


class TooLarge(DatabaseFailure):
    """The transaction needs more memory than one may use."""


class BadQuery(DatabaseFailure):
    """The statement cannot run: its text or a value in it is wrong, or it wrote where only reading is allowed."""


def translated(error: Exception) -> DatabaseFailure:
    """The failure that stands for one of the driver's errors."""
    return _kind(error)(str(error))


def _kind(error: Exception) -> type[DatabaseFailure]:
    code = (error.code or "") if isinstance(error, Neo4jError) else ""
    if _OUT_OF_MEMORY in code:
        return TooLarge
    if "TimedOut" in code or "LockAcquisitionTimeout" in code:
        return TimedOut
    if code == _NOT_OPEN_YET:
        return Unavailable
    return next((kind for kinds, kind in _KINDS.items() if isinstance(error, kinds)), BadQuery)


_KINDS: dict[tuple[type[Exception], ...], type[DatabaseFailure]] = {
    (IncompleteCommit,): OutcomeUnknown,
    (AuthError,): Denied,
    (ServiceUnavailable, SessionExpired, ConnectionPoolError, ConfigurationError, TransientError): Unavailable,
    (ConstraintError,): ConstraintViolated,
}


def passes(failure: DatabaseFailure, kind: Kind, *, embedded: bool, attempt: int) -> bool:
    """Whether the same work may run again, and may then succeed."""
    error = failure.__cause__
    if isinstance(failure, OutcomeUnknown):
        return kind == "read"
    if embedded and isinstance(failure, ConstraintViolated):
        # Two MERGEs of one key may race there; the loser's next try finds what the winner made. A true duplicate stays one.
        return attempt < 2
    if embedded and isinstance(error, Neo4jError) and error.code == _NOT_OPEN_YET:
        return True
    # The driver would retry a transaction that is too large for half a minute.
    return isinstance(error, Neo4jError | DriverError) and error.is_retryable() and not isinstance(failure, TooLarge)
