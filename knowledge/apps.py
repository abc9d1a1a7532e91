from django.apps import AppConfig
from django.db.models.signals import post_migrate


class KnowledgeConfig(AppConfig):
    name = "knowledge"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from knowledge import checks  # noqa: F401  (registers the system checks)
        from knowledge.desk.access import ensure_groups

        # After every app's: permissions of one that is migrated later are added then.
        post_migrate.connect(ensure_groups, dispatch_uid="knowledge.desk.groups")
