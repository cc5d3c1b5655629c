"""What the API answers where it does not allow something."""

from __future__ import annotations

from model.orders.refusal_sentences import SENTENCES


def no(code: str) -> dict[str, str]:
    """The body of a 409."""
    return {"reason": SENTENCES[code], "code": code}
