from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0063_signing_work")]

    operations = [
        migrations.AddField(
            model_name="exit", name="administrator_ids", field=models.JSONField(default=list, editable=False)
        )
    ]
