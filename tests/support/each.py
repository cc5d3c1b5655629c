"""Many cases of one test as one item: for cases that take less time than making and telling an item."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any


def each(
    names: str | Sequence[str], cases: Iterable[Any]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Like `pytest.mark.parametrize`. Every case is run, and every failure is told with its case; the cases
    share what fixtures give.
    """
    single = isinstance(names, str)
    every = [{str(names): case} if single else dict(zip(names, case, strict=True)) for case in cases]
    assert every, "no case at all"

    def of_all(test: Callable[..., None]) -> Callable[..., None]:
        @wraps(test)
        def run(**fixtures: Any) -> None:
            wrong = []
            for case in every:
                try:
                    test(**case, **fixtures)
                except Exception as error:
                    error.add_note(f"the case: {case}")
                    wrong.append(error)
            if wrong:
                raise ExceptionGroup(f"{len(wrong)} of {len(every)} cases", wrong)

        signature = inspect.signature(test)
        left = [one for name, one in signature.parameters.items() if name not in every[0]]
        run.__signature__ = signature.replace(parameters=left)  # type: ignore[attr-defined]
        return run

    return of_all
