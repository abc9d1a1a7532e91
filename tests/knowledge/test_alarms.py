import pytest

from knowledge.alarms import AlarmKind, clear_alarms, raise_alarm, settle_alarm
from knowledge.models import Act, Alarm, Decision
from tests.factories import SourceFactory

pytestmark = pytest.mark.django_db


def test_an_alarm_is_raised_once_while_its_cause_lasts():
    source = SourceFactory()

    for text in ("3 of 40 listed", "2 of 40 listed"):
        raise_alarm(AlarmKind.LISTING_SHRUNK, source=source, text=text)

    assert Alarm.objects.get().text == "2 of 40 listed"


def test_an_alarm_of_no_source_is_raised_once_too():
    for _ in range(2):
        raise_alarm(AlarmKind.DISK_FULL, text="The disk is full.")

    assert Alarm.objects.count() == 1


def test_a_cause_that_comes_back_raises_a_new_alarm():
    source = SourceFactory()
    raise_alarm(AlarmKind.SOURCE_FAILING, source=source, text="failing")

    clear_alarms(AlarmKind.SOURCE_FAILING, source=source)
    raise_alarm(AlarmKind.SOURCE_FAILING, source=source, text="failing again")

    assert Alarm.objects.filter(settled_at__isnull=True).get().text == "failing again"
    assert Alarm.objects.count() == 2


def test_one_sources_alarm_is_not_cleared_by_another():
    raise_alarm(AlarmKind.SOURCE_FAILING, source=SourceFactory(), text="failing")

    assert clear_alarms(AlarmKind.SOURCE_FAILING, source=SourceFactory()) == 0


def test_settling_is_recorded_with_the_name():
    alarm = raise_alarm(AlarmKind.SOURCE_SILENT, source=SourceFactory(), text="silent")

    assert settle_alarm(alarm, who="edith")
    assert not settle_alarm(alarm, who="paul")

    decision = Decision.objects.get()
    assert (decision.who, decision.act, decision.why) == ("edith", Act.SETTLED, "silent")


def test_a_listing_that_somebody_has_looked_at_is_believed():
    source = SourceFactory(listed_count=40)
    alarm = raise_alarm(AlarmKind.LISTING_SHRUNK, source=source, text="3 of 40 listed")

    settle_alarm(alarm, who="edith")

    source.refresh_from_db()
    assert source.listed_count == 0
