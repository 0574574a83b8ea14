"""Room for words and ids of OMS that are longer than those its pages show."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_no_second_flag_tables")]

    operations = [
        migrations.AlterField("customer", "oms_id", models.CharField(max_length=128, unique=True)),
        migrations.AlterField("endorsement", "name", models.CharField(max_length=64)),
        migrations.AlterField("endorsement", "status", models.CharField(max_length=64)),
    ]
