import pytest
from django.contrib.auth.models import User
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_the_first_page_says_what_needs_somebody_today(client):
    client.force_login(User.objects.create_superuser("chief", password="x"))

    response = client.get(reverse("desk_answers:home"))

    assert "What needs you today" in response.content.decode()
