"""What people may answer on the page about bank transfers. Stored by the short name, read by the label."""

from django.db import models


class UseCase(models.TextChoices):
    PAY_IN = "pay_in", "Move money from my bank account into my wallet"
    PAY_OUT = "pay_out", "Move money from my wallet to my bank account"
    SALARY = "salary", "Have my pay sent to my wallet"
    BUSINESS = "business", "Pay or be paid for my own business"
    OTHER = "other", "Something else"


class Volume(models.TextChoices):
    UNDER_500 = "under_500", "Less than $500"
    TO_2000 = "to_2000", "$500 to $2,000"
    TO_10000 = "to_10000", "$2,000 to $10,000"
    OVER_10000 = "over_10000", "More than $10,000"


class AccountType(models.TextChoices):
    CHECKING = "checking", "Checking"
    SAVINGS = "savings", "Savings"
