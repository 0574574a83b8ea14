"""Who may call."""

import requests

from tests.sandbox.api import KEY, SECRET, Api, found, refusal


def test_a_key_and_its_secret_give_a_bearer_token_for_an_hour(api: Api) -> None:
    token = found(api.session.post(f"{api.base_url}/auth/token", json={"apiKey": KEY, "apiSecret": SECRET}, timeout=60))
    assert token["tokenType"] == "bearer"
    assert token["expiresIn"] == 3600
    assert set(token) == {"accessToken", "tokenType", "expiresIn", "expiresAt"}


def test_a_wrong_secret_gives_none(api: Api) -> None:
    answer = api.session.post(f"{api.base_url}/auth/token", json={"apiKey": KEY, "apiSecret": "guess"}, timeout=60)
    assert refusal(answer) == (401, "invalidCredentials")


def test_a_call_without_a_token_is_refused(api: Api) -> None:
    assert refusal(requests.get(f"{api.base_url}/customers", timeout=60)) == (401, "unauthorized")


def test_a_token_runs_out_and_a_new_one_works(api: Api) -> None:
    api.control.settings(tokenSeconds=60)
    api.sign_in()
    assert api.get("customers").ok
    api.control.advance_clock(61)
    assert refusal(api.get("customers")) == (401, "unauthorized")
    api.sign_in()
    assert api.get("customers").ok


def test_every_answer_names_its_request(api: Api) -> None:
    answer = api.get("customers/cst_nobody")
    assert refusal(answer) == (404, "notFound")
    assert answer.headers["X-Request-Id"] == answer.json()["error"]["requestId"]


def test_another_method_is_told_the_right_ones(api: Api) -> None:
    answer = api.session.put(f"{api.base_url}/customers", timeout=60)
    assert refusal(answer) == (405, "methodNotAllowed")
    assert answer.headers["Allow"] == "GET, POST"


def test_bodies_that_are_not_strict_json_are_refused(api: Api) -> None:
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    broken = (b'{"type": "individual", "type": "individual"}', b'{"a": NaN}', b'{"a": "\\ud800"}', b"\xff", b"[" * 9000)
    for body in broken:
        answer = api.session.post(f"{api.base_url}/customers", data=body, headers=headers, timeout=60)
        assert refusal(answer) == (400, "invalidJson")


def test_a_body_too_large_or_of_another_kind_is_refused(api: Api) -> None:
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    large = api.session.post(f"{api.base_url}/customers", data=b" " * (1 << 20) + b"{}", headers=headers, timeout=60)
    assert refusal(large) == (413, "payloadTooLarge")
    headers["Content-Type"] = "text/plain"
    plain = api.session.post(f"{api.base_url}/customers", data=b"{}", headers=headers, timeout=60)
    assert refusal(plain) == (415, "unsupportedMediaType")
