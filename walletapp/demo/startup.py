"""The order in which the demo comes up, and what it tells the person at the console.

broker and sandbox -> tables -> web, worker, beat -> webhook, people. Each step waits for what it needs, so the demo
says "ready" only when the first click works.
"""

import json
import time

from walletapp.demo import broker
from walletapp.demo.control import is_up, post
from walletapp.demo.logins import LOGINS, PASSWORD, STAFF
from walletapp.demo.plan import Plan
from walletapp.demo.supervisor import Failed, Supervisor


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
        supervisor.wait_until(lambda: is_up(f"{plan.control_url}/health"), "sandbox")
        post(f"{plan.control_url}/settings", json.loads(plan.sandbox_settings))
    for program in plan.wallet():
        announce(supervisor, program.name, program.says)
        supervisor.start(program, environment)
        if program.name == "web":  # the others import the same again: one after the other is sooner up
            supervisor.wait_until(lambda: is_up(f"{plan.site_url}/healthz"), "web")
    if plan.seed:
        announce(supervisor, "people", "sign-ups, identity checks, first money: by the journeys everybody takes")
    people = ["--control", plan.control_url if plan.has_own_sandbox else ""] if plan.seed else ["--no-people"]
    problem = ""
    try:
        supervisor.run_once("seed", ["seed_demo", *people], environment)
    except Failed as failure:  # a wallet without ready-made people is still a wallet
        problem = str(failure)
        supervisor.say(f"\n{problem}")
    seconds = time.monotonic() - began
    supervisor.note(
        ready=True, problem=problem, site_url=plan.site_url, sandbox_url=plan.sandbox_url, seconds=round(seconds, 1)
    )
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


def welcome(plan: Plan, product: str, seconds: float) -> str:
    """Addresses and logins, as printed when everything is up."""
    lines = [
        "",
        f"{product} is ready ({seconds:.0f} s). Press Ctrl-C to stop it.",
        "",
        f"  The wallet              {plan.site_url}",
        f"  The mail it has sent    {plan.site_url}/demo/mail/",
        f"  Codes of their apps     {plan.site_url}/demo/codes/",
        f"  Staff                   {plan.site_url}/admin/",
    ]
    if plan.has_own_sandbox:
        lines += [f"  Cashier, bank, reviewer {plan.sandbox_url}/control"]
    lines += ["", f"  Sign in as (the password of all is {PASSWORD})"]
    lines += [f"    {login.email:<21} {login.says}" for login in (LOGINS if plan.seed else [STAFF])]
    return "\n".join([*lines, "", f"  Logs are in {plan.logs}. `make demo-reset` forgets everything.", ""])
