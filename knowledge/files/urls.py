"""The addresses of files that stand nowhere else, under /files/."""

from django.urls import path

from knowledge.files import views

app_name = "files"

urlpatterns = [
    path("<str:digest>", views.show_file, name="file"),
    path("<str:digest>/original", views.download_file, name="original"),
]
