"""A key of each customer's own, which seals what identifies them.

What must stay true: the database holds it only wrapped by a master key, bound to this customer; a customer has one key
at most, ever; once it was destroyed nothing opens what it sealed, and no new one takes its place.
"""

import os
import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from walletapp.sealed import CUSTOMER_KEYS, CannotOpen, first_key_id, seal, unseal


class KeyDestroyed(CannotOpen):
    """The customer's data was erased by destroying their key: nothing of it opens, and nothing new is sealed."""


class CustomerKey(models.Model):
    """256 random bits for one customer, made when the first thing is sealed for them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="data_key")
    wrapped = models.BinaryField(null=True, editable=False)
    master = models.CharField("master key", max_length=64, help_text="Which master key wraps it.")
    created_at = models.DateTimeField(default=timezone.now)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(wrapped__isnull=False, destroyed_at__isnull=True)
                | models.Q(wrapped__isnull=True, destroyed_at__isnull=False),
                name="customer_key_is_there_or_destroyed",
            )
        ]

    def __str__(self) -> str:
        return f"{self.id} {'destroyed' if self.is_destroyed else f'under {self.master}'}"

    @property
    def is_destroyed(self) -> bool:
        return self.wrapped is None

    @classmethod
    def of(cls, user_id: int) -> "CustomerKey":
        """This customer's key, made if there is none. Two that ask at once get the same. Raises KeyDestroyed."""
        found = cls.objects.filter(user_id=user_id).first() or cls._make(user_id)
        if found.is_destroyed:
            raise KeyDestroyed
        return found

    @classmethod
    def _make(cls, user_id: int) -> "CustomerKey":
        key_id = uuid.uuid4()
        wrapped = seal(os.urandom(32), cls.place(key_id, user_id), purpose=CUSTOMER_KEYS)
        new = {"id": key_id, "wrapped": wrapped, "master": first_key_id()}
        return cls.objects.get_or_create(user_id=user_id, defaults=new)[0]

    @staticmethod
    def place(key_id: uuid.UUID, user_id: int) -> str:
        return f"keys_customerkey|wrapped|{key_id}|{user_id}"

    def open(self) -> bytes:
        """The key itself. Raises KeyDestroyed, or CannotOpen when the master key is not in the ring."""
        if self.wrapped is None:
            raise KeyDestroyed
        return unseal(bytes(self.wrapped), self.place(self.id, self.user_id), purpose=CUSTOMER_KEYS)

    def wrap_again(self) -> bool:
        """Wrap it by the first master key. True for the call that did; the key itself stays what it was."""
        if self.is_destroyed or self.master == first_key_id():
            return False
        wrapped = seal(self.open(), self.place(self.id, self.user_id), purpose=CUSTOMER_KEYS)
        same = type(self).objects.filter(pk=self.pk, master=self.master, wrapped__isnull=False)
        return bool(same.update(wrapped=wrapped, master=first_key_id()))

    @classmethod
    def destroy(cls, user_id: int) -> bool:
        """Erase the customer's key for good. True for the call that did. Whoever never had one cannot get one after."""
        now = timezone.now()
        _, is_new = cls.objects.get_or_create(user_id=user_id, defaults={"master": "", "destroyed_at": now})
        there = cls.objects.filter(user_id=user_id, wrapped__isnull=False)
        return bool(there.update(wrapped=None, master="", destroyed_at=now)) or is_new
