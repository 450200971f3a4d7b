"""Headless Chromium for tests of pages: opens them, runs JavaScript in them, takes pictures, and collects what goes
wrong in them.

Talks the DevTools protocol over two pipes, which needs nothing but the standard library:

    with Browser() as browser:
        page = browser.open("file:///tmp/report.html", width=390, dark=True)
        page.wait_for("document.querySelector('svg')")
        page.screenshot("report.png")
        print(page.errors)
"""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time


class BrowserError(Exception):
    """The browser is missing, died, did not answer, or refused a command."""


class Browser:
    """A process of Chromium with a profile of its own, which ends with the `with` block."""

    def __init__(self, seconds=60):
        self.seconds = seconds
        self._number = 0
        self._answers = {}
        self._pages = {}
        self._rest = b""
        program = shutil.which("chromium")
        if program is None:
            raise BrowserError("chromium is missing: scripts/setup.sh --tests installs it")
        self._profile = tempfile.TemporaryDirectory(prefix="ganctl-browser-", ignore_cleanup_errors=True)
        commands_out, self._to = os.pipe()
        self._from, answers_in = os.pipe()
        flags = ["--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
                 "--disable-extensions", "--disable-background-networking", "--disable-component-update",
                 "--disable-sync", "--remote-debugging-pipe", f"--user-data-dir={self._profile.name}"]
        if os.geteuid() == 0:
            flags.append("--no-sandbox")
        # It reads commands from descriptor 3 and answers on 4.
        self._process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{commands_out} 4>&{answers_in}', "chromium", program, *flags, "about:blank"],
            pass_fds=(commands_out, answers_in), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True)
        os.close(commands_out)
        os.close(answers_in)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        os.close(self._to)  # Chromium ends when this pipe does
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._from)
        self._profile.cleanup()

    def open(self, address, width=1200, height=800, dark=False):
        """A new page, loaded; a narrow one is that of a phone."""
        target = self.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = self.call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        page = self._pages[session] = Page(self, session)
        for domain in ("Page", "Runtime", "Log", "Network"):
            page.call(f"{domain}.enable")
        page.resize(width, height)
        page.call("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})
        page.go(address)
        return page

    def call(self, method, parameters=None, session=None):
        """The result of a command of the DevTools protocol."""
        self._number += 1
        number = self._number
        command = {"id": number, "method": method, "params": parameters or {}}
        if session:
            command["sessionId"] = session
        os.write(self._to, json.dumps(command).encode() + b"\0")
        end = time.monotonic() + self.seconds
        while number not in self._answers:
            if not self.listen(end - time.monotonic()):
                raise BrowserError(f"{method}: no answer within {self.seconds} seconds")
        answer = self._answers.pop(number)
        if "error" in answer:
            raise BrowserError(f"{method}: {answer['error'].get('message')}")
        return answer["result"]

    def listen(self, seconds):
        """Takes in what the browser says; False if it says nothing in that time."""
        if not select.select([self._from], [], [], max(0, seconds))[0]:
            return False
        data = os.read(self._from, 1 << 20)
        if not data:
            raise BrowserError(f"chromium ended (status {self._process.poll()})")
        *messages, self._rest = (self._rest + data).split(b"\0")
        for message in map(json.loads, messages):
            if "id" in message:
                self._answers[message["id"]] = message
            elif message.get("sessionId") in self._pages:
                self._pages[message["sessionId"]].take(message["method"], message["params"])
        return True


class Page:
    """A page that is open."""

    def __init__(self, browser, session):
        self._browser = browser
        self._session = session
        self._is_loaded = False
        #: Errors on the console, exceptions that nobody caught, and resources that could not be loaded.
        self.errors = []
        #: The addresses that were asked for, except those within the page (`data:`, `blob:`).
        self.requests = []

    def call(self, method, parameters=None):
        return self._browser.call(method, parameters, self._session)

    def take(self, method, parameters):
        if method == "Page.loadEventFired":
            self._is_loaded = True
        elif method == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            text = details.get("exception", {}).get("description") or details.get("text")
            self.errors.append(f"{text} (line {details.get('lineNumber', 0) + 1})")
        elif method == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "assert"):
            self.errors.append(" ".join(str(a.get("value", a.get("description"))) for a in parameters["args"]))
        elif method == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            entry = parameters["entry"]
            self.errors.append(f"{entry['text']} {entry.get('url', '')}".strip())
        elif method == "Network.requestWillBeSent":
            address = parameters["request"]["url"]
            if not address.startswith(("data:", "blob:")):
                self.requests.append(address)

    def go(self, address):
        """Loads another address, and waits until it is there."""
        self._is_loaded = False
        answer = self.call("Page.navigate", {"url": address})
        if answer.get("errorText"):
            raise BrowserError(f"{address}: {answer['errorText']}")
        end = time.monotonic() + self._browser.seconds
        while not self._is_loaded:
            if not self._browser.listen(end - time.monotonic()):
                raise BrowserError(f"{address} was not loaded within {self._browser.seconds} seconds")

    def resize(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})

    def evaluate(self, expression):
        """The value of a JavaScript expression (of a promise: what it resolves to), as JSON would carry it."""
        answer = self.call("Runtime.evaluate", {
            "expression": expression, "returnByValue": True, "awaitPromise": True})
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise BrowserError(f"{expression}: {details.get('exception', {}).get('description', details['text'])}")
        return answer["result"].get("value")

    def wait_for(self, expression, seconds=20):
        """Returns when an expression is true."""
        end = time.monotonic() + seconds
        while not self.evaluate(f"!!({expression})"):
            if time.monotonic() > end:
                raise BrowserError(f"not true within {seconds} seconds: {expression}")
            self._browser.listen(0.05)

    def click(self, selector):
        """A click with the mouse on the middle of an element."""
        x, y = self.evaluate(
            "(e => { e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect(); "
            f"return [r.x + r.width / 2, r.y + r.height / 2] }})(document.querySelector({json.dumps(selector)}))")
        self.drag([(x, y)])

    def drag(self, points):
        """Presses the mouse at the first of the points (x, y), in pixels of the window, and lets go at the last."""
        def mouse(kind, point):
            self.call("Input.dispatchMouseEvent", {
                "type": kind, "x": point[0], "y": point[1], "button": "left", "clickCount": 1,
                "buttons": 0 if kind == "mouseReleased" else 1})
        mouse("mousePressed", points[0])
        for point in points[1:]:
            mouse("mouseMoved", point)
        mouse("mouseReleased", points[-1])

    def press(self, key, code=0):
        """A key by its DOM name, such as "Tab", "Enter" (13) or "ArrowRight" (39), with its key code."""
        text = {"Enter": "\r", " ": " "}.get(key, key if len(key) == 1 else "")
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", {
                "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text})

    def screenshot(self, path, full=True):
        """Writes a PNG of the whole page, or of the part in the window."""
        options = {"format": "png", "captureBeyondViewport": full}
        if full:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            options["clip"] = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 16000), "scale": 1}
        data = base64.b64decode(self.call("Page.captureScreenshot", options)["data"])
        with open(path, "wb") as file:
            file.write(data)

    @property
    def overflow(self):
        """Pixels by which the page is wider than the window."""
        return self.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
