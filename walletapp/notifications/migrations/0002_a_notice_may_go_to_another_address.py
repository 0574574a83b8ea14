"""What tells of a new e-mail address goes to the old one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="address",
            field=models.EmailField(
                blank=True, db_default="", default="", help_text="Only when it is not the user's own.", max_length=254
            ),
        ),
    ]
