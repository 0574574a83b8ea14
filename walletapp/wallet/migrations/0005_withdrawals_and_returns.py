"""Withdrawals to a bank and what comes back from one are movements too, and the bank is somebody to wait for."""

from django.db import migrations, models

KINDS = [
    ("cash_in", "Cash added"),
    ("deposit", "Received from outside"),
    ("received", "Received"),
    ("send", "Sent"),
    ("withdrawal", "Withdrawn"),
    ("returned", "Came back"),
]
WORDS = [
    ("waiting_for_you", "Waiting for you"),
    ("waiting_for_store", "Waiting for the store"),
    ("waiting_for_bank", "Waiting for the bank"),
    ("in_progress", "In progress"),
    ("checking", "Checking"),
    ("done", "Done"),
    ("came_back", "Came back"),
    ("did_not_happen", "Did not happen"),
]


class Migration(migrations.Migration):
    dependencies = [("wallet", "0004_suspended_are_asked_about")]

    operations = [
        migrations.AlterField("movement", "kind", models.CharField(choices=KINDS, max_length=12)),
        migrations.AlterField("movement", "word", models.CharField(choices=WORDS, max_length=20)),
    ]
