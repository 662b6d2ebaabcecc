"""Amazon Resource Names."""


def last_part(name: str) -> str:
    """Return the resource id of an ARN (`…:container-instance/demo/abc` is `abc`); other text as it is."""
    return name.rsplit("/", 1)[-1].rsplit(":", 1)[-1] if name.startswith("arn:") else name
