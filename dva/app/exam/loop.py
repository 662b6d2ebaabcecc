"""The loop of a mock exam: show, commit, go on, until it is handed in or the time is over."""

from collections.abc import Callable

from dva.app.exam.ports import ExamInterface, ExamReply
from dva.app.exam.session import ExamSession
from dva.errors import UsageError


def run_exam(session: ExamSession, interface: ExamInterface, describe: Callable[[str, int], str]) -> bool:
    """Run a mock until it is submitted, and show its result; return False where the learner paused.

    `describe` words what happens to the time: `warning` with the minutes left, `over`.
    """
    while session.sitting.submitted is None:
        if session.is_over():
            interface.show_message(describe("over", 0))
            session.submit()
            break
        if (left := session.warning()) is not None:
            interface.show_message(describe("warning", left))
        if session.reviewing:
            reply = interface.review(session.overview())
        else:
            question = session.question()
            reply = interface.ask(question)
            if reply.command == "answer" and not session.is_over():
                session.answer(reply.chosen, sure=reply.sure)
                interface.show_answered(question, reply)
                continue
        if reply.command == "pause":
            session.pause()
            return False
        _move(session, reply, interface)
    interface.show_result(session.result())
    return True


def _move(session: ExamSession, reply: ExamReply, interface: ExamInterface) -> None:
    """Carry out a command that answers nothing; what comes after the end of the time is carried out no more."""
    if session.is_over():
        return
    if reply.command == "skip":
        session.go_on()
    elif reply.command == "flag":
        session.flag()
    elif reply.command == "back":
        session.go_back()
    elif reply.command == "list":
        session.reviewing = True
    elif reply.command == "submit":
        session.submit()
    elif reply.command == "go":
        try:
            session.go_to(reply.number)
        except UsageError as problem:
            interface.show_message(f"{problem}: {problem.hint}")
