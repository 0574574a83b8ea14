"""A person without a browser: requests, forms and links over plain HTTP. Quick, and many can act at the same time."""

import time
from urllib.parse import urljoin, urlsplit

import requests

from tests.browser.reading import Control, Form, Page, tidy
from tests.browser.stage import Stage
from tests.own_time import clock

PATIENCE = 60.0


class Visitor:
    """See `Person`. Follows redirects, keeps cookies, sends exactly what the page's forms say."""

    def __init__(self, stage: Stage, email: str = "") -> None:
        self.stage = stage
        self.email = email
        self.session = requests.Session()
        self.session.trust_env = False
        self.url = stage.url
        self.status = 0
        self.page = Page("")

    def open(self, path: str, then: str = "") -> None:
        self._arrive(self.session.get(urljoin(self.url, path), timeout=PATIENCE), then)

    def fill(self, label: str, text: str) -> None:
        self._control(label).value = text

    def pick(self, label: str, option: str) -> None:
        control = self._control(label)
        control.value = control.options[option]

    def tick(self, label: str) -> None:
        chosen = self._control(label)
        if chosen.kind == "radio":
            for control in self._form_with(chosen).controls:
                control.is_checked = control.is_checked and control.name != chosen.name
        chosen.is_checked = True

    def press(self, name: str, then: str = "") -> None:
        for form in self.page.forms:
            for control in form.controls:
                if control.label == name and control.kind == "submit" and not control.is_disabled:
                    return self._submit(form, control, then)
        for link in self.page.links:
            if link.text == name:
                return self.open(link.href, then)
        raise AssertionError(f"nothing to press is called {name!r} on {self.url}: {self.main[:600]}")

    def follow(self, address: str, then: str = "") -> None:
        self.open(next(link.href for link in self.page.links if address in link.href), then)

    def offers(self, name: str) -> bool:
        controls = [control for form in self.page.forms for control in form.controls]
        return any(_is_called(it, name) for it in controls) or any(link.text == name for link in self.page.links)

    def waits_for(self, text: str, seconds: float = 30) -> None:
        give_up = clock() + seconds
        while text not in self.main:
            if clock() > give_up:
                raise AssertionError(f"{text!r} was not on {self.url} within {seconds} s: {self.main[:600]}")
            time.sleep(0.3)
            self.open(self.url)

    @property
    def main(self) -> str:
        return self.page.main

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    def letter(self, subject: str, seconds: float = 30) -> str:
        reader = Visitor(self.stage)
        give_up = clock() + seconds
        while True:
            reader.open(f"{self.stage.url}/demo/mail/?to={self.email}")
            found = [link for link in reader.page.links if subject in link.text and "/demo/mail/" in link.href]
            if found:
                reader.open(found[0].href)
                return reader.main
            if clock() > give_up:
                raise AssertionError(
                    f"no mail about {subject!r} to {self.email} within {seconds} s: {reader.main[:600]}"
                )
            time.sleep(0.3)

    def _submit(self, form: Form, button: Control, then: str) -> None:
        sent = [(control.name, control.value) for control in form.controls if control.is_sent]
        sent += [(button.name, button.value)] if button.name else []
        target = urljoin(self.url, form.action or self.url)
        headers = {"Referer": self.url}
        if form.method == "post":
            answer = self.session.post(target, data=sent, headers=headers, timeout=PATIENCE)
        else:
            answer = self.session.get(target.partition("?")[0], params=sent, headers=headers, timeout=PATIENCE)
        self._arrive(answer, then)

    def _arrive(self, answer: requests.Response, then: str) -> None:
        self.url, self.status, self.page = answer.url, answer.status_code, Page(answer.text)
        if then and tidy(then) not in self.main:
            raise AssertionError(f"{then!r} is not on {self.url} ({self.status}): {self.main[:600]}")

    def _control(self, label: str) -> Control:
        for form in self.page.forms:
            for control in form.controls:
                if control.kind not in {"submit", "button"} and _is_called(control, label):
                    return control
        raise AssertionError(f"no field is called {label!r} on {self.url}: {self.main[:600]}")

    def _form_with(self, wanted: Control) -> Form:
        return next(form for form in self.page.forms if any(control is wanted for control in form.controls))


def _is_called(control: Control, name: str) -> bool:
    return control.label in {name, f"{name} (optional)"}
