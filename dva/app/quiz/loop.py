"""The loop of a quiz: ask, commit the answer, give feedback, carry out commands."""

from dva.app.quiz.ports import (
    CardSuspended,
    DisputeRecorded,
    Feedback,
    PresentedQuestion,
    QuizInterface,
    Reply,
    Summary,
)
from dva.app.quiz.session import Session


def run_quiz(session: Session, interface: QuizInterface) -> Summary:
    """Ask until nothing is left or the learner quits; return the result."""
    while (asked := session.question()) is not None:
        reply, ms = _read_reply(session, interface, asked)
        if reply.command == "quit":
            break
        if reply.command == "answer":
            feedback = session.answer(asked, reply, aided=session.aided, ms=ms)
            if _give_feedback(session, interface, feedback) == "quit":
                break
    summary = session.finish()
    interface.show_summary(summary)
    return summary


def _read_reply(session: Session, interface: QuizInterface, asked: PresentedQuestion) -> tuple[Reply, int]:
    """Return the reply that ends the question and the milliseconds it took; carry out the commands before it."""
    began = session.clock()
    while True:
        reply = interface.ask(asked)
        ms = max(0, int((session.clock() - began).total_seconds() * 1000))
        if reply.command in ("answer", "quit") or not _handle_command(session, interface, asked, reply):
            return reply, ms


def _give_feedback(session: Session, interface: QuizInterface, feedback: Feedback) -> str:
    """Show feedback and carry out commands; return the command that ends it."""
    while True:
        reply = interface.show_feedback(feedback)
        if reply.command in ("next", "quit") or not _handle_command(session, interface, feedback.question, reply):
            return reply.command


def _handle_command(session: Session, interface: QuizInterface, asked: PresentedQuestion, reply: Reply) -> bool:
    """Carry out a command; return False where the session continues with another question."""
    question = asked.item.question
    if reply.command == "undo":
        undone = session.undo()
        interface.show_undo(undone)
        return undone in (None, "dispute")
    if reply.command == "suspend":
        session.suspend(question.notes[0])
        interface.show_notice(CardSuspended(question.notes[0]))
        return False
    if reply.command == "wrong":
        session.dispute(asked.item, reply.reason)
        interface.show_notice(DisputeRecorded())
    elif reply.command == "note":
        session.aided = True
        interface.show_notes([session.snapshot.library.notes[note] for note in question.notes])
    elif reply.command == "simulate":
        session.aided |= interface.show_simulation(asked.item)
    return True
