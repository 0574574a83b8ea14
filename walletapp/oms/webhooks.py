"""Where OMS delivers events: verify the raw bytes, keep them, answer. No network, no session, no cookie.

Answers: 202 new, 200 known (also for a contradiction, which we keep and look into), 400 not a delivery, 401 not from
OMS, 405, 413 too large, 429 too many failures from one address, 503 when we cannot keep it, so that OMS sends it
again. Never 410, which makes OMS switch the endpoint off, never a redirect, never 500 (contract section 9).
"""

import logging
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt

from walletapp.oms.endpoints import Secret, active_secrets
from walletapp.oms.envelope import read_envelope
from walletapp.oms.errors import BadShape
from walletapp.oms.inbox import Stored, store
from walletapp.oms.signatures import InvalidSignature, verify

log = logging.getLogger(__name__)

MAX_BODY = 256 * 1024
FAILURES_A_MINUTE = 60


@csrf_exempt
def receive(request: HttpRequest, token: str) -> HttpResponse:
    """One delivery. The signature guards it; the random part of the URL keeps strangers' noise away."""
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    if not settings.OMS_WEBHOOK_PATH_TOKEN or not constant_time_compare(token, settings.OMS_WEBHOOK_PATH_TOKEN):
        return HttpResponse(status=404)
    try:
        status = _receive(request)
    except Exception:
        # Most likely the database is away. Whatever it is: not kept, so not acknowledged.
        log.exception("a delivery could not be kept")
        return HttpResponse(status=503, headers={"Retry-After": "10"})
    return HttpResponse(status=status, headers={"Retry-After": "60"} if status == 429 else None)


def _receive(request: HttpRequest) -> int:
    length = request.headers.get("Content-Length", "")
    if not (length.isascii() and length.isdigit()) or request.content_type != "application/json":
        return 400
    if int(length[:12]) > MAX_BODY:
        return 413
    try:
        raw = request.body
    except (UnreadablePostError, RawPostDataException):
        return 400
    try:
        secret = _signer(raw, request.headers.get("Webhook-Signature"))
    except InvalidSignature as error:
        return _refused(request, error)
    try:
        envelope = read_envelope(raw)
    except BadShape as error:
        log.error("ALERT a delivery with a good signature is unreadable: %s", error)  # noqa: TRY400 - no news in a trace
        return 400
    return 202 if store(raw, envelope, secret) is Stored.NEW else 200


def _signer(raw: bytes, header: str | None) -> Secret:
    secrets = active_secrets()
    index = verify(
        raw,
        header,
        [secret.value for secret in secrets],
        time.time(),
        key_form=settings.OMS_WEBHOOK_SECRET_FORMAT,
    )
    return secrets[index]


def _refused(request: HttpRequest, error: InvalidSignature) -> int:
    """401, or 429 after too many from one address. True deliveries are never counted, so they are never slowed."""
    address = request.META.get("REMOTE_ADDR", "")
    name = f"oms:refused:{address}:{int(time.time() // 60)}"
    try:
        cache.add(name, 0, timeout=120)
        count = cache.incr(name)
    except Exception:  # noqa: BLE001 - the cache is away; a counter is not worth an answer
        count = 1
    if count == 1:
        log.warning("deliveries from %s are refused: %s", address, error)
    return 429 if count > FAILURES_A_MINUTE else 401
