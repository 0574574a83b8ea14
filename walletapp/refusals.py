"""Our rules said no.

A `Refusal` is raised by journey modules before anything has changed. Its message is a sentence for the person in
front of the page: what happened, what it means for the money, what to do. Views catch `Refusal` and nothing broader.
"""


class Refusal(Exception):
    """Nothing was changed. `str(refusal)` is safe to show; `code` names the rule for tests, logs and audit."""

    code = "refused"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field
