from __future__ import annotations

from kombu.exceptions import OperationalError

from knowledge.desk import queueing


def test_work_is_sent_by_name(monkeypatch):
    sent = []
    monkeypatch.setattr(
        queueing.current_app, "send_task", lambda name, args, retry: sent.append((name, args))
    )

    assert queueing.send("knowledge.publication.publish", "a note", "ada")
    assert sent == [("knowledge.publication.publish", ["a note", "ada"])]


def test_a_queue_that_cannot_be_reached_is_said(monkeypatch):
    def fail(*args: object, **options: object) -> None:
        raise OperationalError("no Redis")

    monkeypatch.setattr(queueing.current_app, "send_task", fail)

    assert not queueing.send("knowledge.publication.publish")
