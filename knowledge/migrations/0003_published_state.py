"""Publications that went live before states were kept."""

from django.db import migrations


def mark_published(apps, schema_editor):
    publications = apps.get_model("knowledge", "Publication").objects
    publications.filter(published_at__isnull=False).update(state="published")
    publications.filter(published_at__isnull=True).update(state="overtaken")


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0002_timeline")]

    operations = [migrations.RunPython(mark_published, migrations.RunPython.noop)]
