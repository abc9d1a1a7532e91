from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class KnowledgeConfig(AppConfig):
    name = "knowledge"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from knowledge import checks  # noqa: F401  (registers the system checks)
        from knowledge.desk.access import ensure_groups

        # After the last app's, because the groups hold permissions of both packages.
        last = list(apps.get_app_configs())[-1]
        post_migrate.connect(ensure_groups, sender=last, dispatch_uid="knowledge.desk.groups")
