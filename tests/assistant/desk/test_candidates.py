import pytest

from assistant.desk.candidates import CandidateField
from knowledge.models import PublicationState
from tests.factories import PublicationFactory

pytestmark = pytest.mark.django_db


def test_only_a_publication_that_waits_can_be_tried():
    held = PublicationFactory(state=PublicationState.HELD)
    PublicationFactory(live=True)
    PublicationFactory(state=PublicationState.REFUSED)

    field = CandidateField(label="Asked of")

    assert list(field.queryset) == [held]
    assert field.clean("") is None
    assert str(held.pk) in field.label_from_instance(held)
