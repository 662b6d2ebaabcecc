"""One line of text asked for on a terminal."""


def text(prompt: str) -> str:
    """What was typed; Ctrl-C interrupts, Ctrl-D is end of input."""
    import questionary
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

    keys = KeyBindings()

    @keys.add("c-d")
    def _(event: KeyPressEvent) -> None:
        event.app.exit(exception=EOFError())

    return str(questionary.text(prompt, qmark="", key_bindings=keys).unsafe_ask())
