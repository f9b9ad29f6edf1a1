from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0062_signing")]

    operations = [
        migrations.AddField(
            model_name="exit", name="administrator_ids", field=models.JSONField(default=list, editable=False)
        )
    ]
