"""What of PyYAML is used."""

def safe_dump(
    data: object,
    *,
    allow_unicode: bool = ...,
    sort_keys: bool = ...,
    width: int = ...,
) -> str: ...
