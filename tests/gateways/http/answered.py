"""What the API answers where it does not allow something."""

from __future__ import annotations

from model.orders.refusals import Refusal


def no(code: str) -> dict[str, str]:
    """The body of a 409."""
    return {"reason": Refusal(code).sentence, "code": code}
