"""A right of staff; no table changes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_two_people_let_somebody_in"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="user",
            options={"ordering": ["-date_joined"], "permissions": [("end_sessions", "Can sign somebody out")]},
        ),
    ]
