"""What has no truth value: a verdict is one of several, and none of them is `True`."""

from typing import NoReturn

from derive.errors import DeriveError


class Truthless:
    """Refuses `bool(value)`, so that `if decide(left, right):` is not taken for `if they are equal:`."""

    __slots__ = ()

    def __bool__(self) -> NoReturn:
        raise DeriveError(
            f"bool({type(self).__name__})",
            "a verdict is no truth value",
            "ask which it is: isinstance(verdict, Proved), or report.verdict == 'right'",
        )
