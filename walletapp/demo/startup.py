"""The order in which the demo comes up, and what it tells the person at the console.

broker and sandbox -> tables -> web, worker, beat -> webhook, people. Each step waits for what it needs, so the demo
says "ready" only when the first click works.
"""

import json
import time
import urllib.error
import urllib.request

from walletapp.demo import broker
from walletapp.demo.logins import LOGINS, PASSWORD
from walletapp.demo.plan import Plan
from walletapp.demo.supervisor import Failed, Supervisor

# No proxy: these are addresses of this machine, whatever the environment says about the outside.
_OPEN = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


def bring_up(plan: Plan, supervisor: Supervisor) -> None:
    """Start everything and print how to use it. Raises Failed, Stopped."""
    began = time.monotonic()
    environment = plan.environment(start_broker(plan, supervisor))
    product = environment.get("PRODUCT_NAME", "Harbor")
    supervisor.say(f"Starting {product} (data in {plan.data})")
    if plan.has_own_sandbox:
        announce(supervisor, "sandbox", plan.sandbox().says)
        supervisor.start(plan.sandbox(), environment)
    announce(supervisor, "database", "tables, and the static files")
    supervisor.run_once("prepare", ["prepare_demo"], environment)
    if plan.has_own_sandbox:
        supervisor.wait_until(lambda: is_up(f"{plan.sandbox_url}/control/api/health"), "sandbox")
        post(f"{plan.sandbox_url}/control/api/settings", plan.sandbox_settings)
    for program in plan.wallet():
        announce(supervisor, program.name, program.says)
        supervisor.start(program, environment)
    supervisor.wait_until(lambda: is_up(f"{plan.site_url}/healthz"), "web")
    supervisor.run_once("register_webhook", ["register_webhook"], environment)
    if plan.seed:
        announce(supervisor, "people", "sign-ups, identity checks and first money, through the real journeys")
        supervisor.run_once("seed_demo", ["seed_demo"], environment)
    seconds = time.monotonic() - began
    supervisor.note(ready=True, site_url=plan.site_url, sandbox_url=plan.sandbox_url, seconds=round(seconds, 1))
    supervisor.say(welcome(plan, product, seconds))


def start_broker(plan: Plan, supervisor: Supervisor) -> str:
    """The REDIS_URL given, or the one of an embedded Valkey that answers."""
    if not plan.has_own_broker:
        supervisor.note(redis_url=plan.outside["REDIS_URL"])
        return plan.outside["REDIS_URL"]
    folder = broker.socket_folder()
    supervisor.remove_at_the_end(folder)
    program = broker.program(plan.data, folder)
    supervisor.start(program, plan.outside)
    supervisor.wait_until(lambda: broker.answers(folder), "broker")
    supervisor.note(redis_url=broker.redis_url(folder))
    return broker.redis_url(folder)


def announce(supervisor: Supervisor, name: str, says: str) -> None:
    supervisor.say(f"  {name:<9} {says}")


def is_up(url: str) -> bool:
    """Whether a health page there says yes."""
    try:
        with _OPEN(url, timeout=2):
            return True
    except OSError:
        return False


def post(url: str, body: str) -> None:
    """Send JSON to the sandbox's control room. Raises Failed when it is refused."""
    json.loads(body)
    request = urllib.request.Request(  # noqa: S310 -- http://localhost, from plan.py
        url, data=body.encode(), headers={"Content-Type": "application/json"}, method="POST"
    )
    try:
        with _OPEN(request, timeout=5):
            pass
    except urllib.error.HTTPError as refused:
        raise Failed(f"the sandbox refused {body}: {refused.read().decode(errors='replace')}") from refused


def welcome(plan: Plan, product: str, seconds: float) -> str:
    """Addresses and logins, as printed when everything is up."""
    lines = [
        "",
        f"{product} is ready ({seconds:.0f} s). Press Ctrl-C to stop it.",
        "",
        f"  The wallet              {plan.site_url}",
        f"  The mail it has sent    {plan.site_url}/demo/mail/",
        f"  Staff                   {plan.site_url}/admin/",
    ]
    if plan.has_own_sandbox:
        lines += [f"  Cashier, bank, reviewer {plan.sandbox_url}/control"]
    if plan.seed:
        lines += ["", f"  Sign in as (the password of all is {PASSWORD})"]
        lines += [f"    {login.email:<21} {login.says}" for login in LOGINS]
    return "\n".join([*lines, "", f"  Logs are in {plan.logs}. `make demo-reset` forgets everything.", ""])
