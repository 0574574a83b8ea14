"""The order in which workers take what was rung, when there is more than they can do at once."""

from typing import Any

from django.conf import settings
from kombu import Connection

from walletapp.celery import app
from walletapp.notifications.tasks import deliver
from walletapp.transfers.tasks import push, sweep_transfers
from walletapp.wallet.tasks import refresh_balance

QUEUE = "order-of-work"


def test_sweeps_come_before_money_and_money_before_balances_and_mail() -> None:
    beat: dict[str, Any] = settings.CELERY_BEAT_SCHEDULE
    sweep = beat["transfers.tasks.sweep_transfers"]["options"]
    assert sweep["expires"] == 5
    for task in (deliver, refresh_balance, push):
        task.apply_async(("an id",), queue=QUEUE)
    sweep_transfers.apply_async((), queue=QUEUE, **sweep)
    with Connection(settings.CELERY_BROKER_URL, transport_options=app.conf.broker_transport_options) as connection:
        queue = connection.SimpleQueue(QUEUE)
        taken = [queue.get(timeout=5) for _ in range(4)]
        for message in taken:
            message.ack()
        queue.close()
    names = [str(message.headers["task"]).rpartition(".")[2] for message in taken]
    assert names == ["sweep_transfers", "push", "refresh_balance", "deliver"]
