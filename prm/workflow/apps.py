from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "prm.workflow"
    label = "workflow"
