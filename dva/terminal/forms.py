"""One line of text asked for on a terminal."""


def ask_text(prompt: str) -> str:
    """Return the line that was typed, empty after Esc; Ctrl-C raises KeyboardInterrupt, Ctrl-D EOFError."""
    import questionary
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

    keys = KeyBindings()

    @keys.add("c-d")
    def _(event: KeyPressEvent) -> None:
        event.app.exit(exception=EOFError())

    @keys.add("escape", eager=True)
    def _(event: KeyPressEvent) -> None:
        event.app.exit(result="")

    return str(questionary.text(prompt, qmark="", key_bindings=keys).unsafe_ask())
