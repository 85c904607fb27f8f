"""The devices of a register: each in a worker of its own, opened in the background, so that none delays a sale."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from genesis.kernel.devices import DeviceDriver, DeviceStatus, Kind, Outcome, Task, refused
from genesis.kernel.errors import RAISED, GenesisError, UserError
from genesis.kernel.facts import SettingChanged

if TYPE_CHECKING:
    from genesis.kernel.pos import Pos

Role = Literal["receipt_printer", "drawer", "display", "scale", "label_printer"]
State = Literal["closed", "opening", "ready", "down"]
ROLES: dict[Role, Kind] = {
    "receipt_printer": "printer", "drawer": "drawer", "display": "display", "scale": "scale",
    "label_printer": "label_printer",
}  # fmt: skip
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0  # seconds between two attempts to open a device, doubled each time
CODES = 64
LOOK = 2.0  # seconds after which a device that nobody asked is looked at, where its driver can `check` it
HEARD: tuple[Kind, ...] = ("scanner", "card_reader")  # devices that are listened to, not asked


class DeviceState(msgspec.Struct, frozen=True, kw_only=True):
    """How a device is as far as is known, without asking it."""

    id: str
    title: str
    kind: Kind
    state: State
    text: str = ""
    faults: int = 0
    dropped: int = 0


class Device:
    """One driver and its thread: opens it, keeps it open, does what is asked in turn."""

    def __init__(self, driver: DeviceDriver, on_code: Callable[[str], None], limit: int = 100) -> None:
        self.driver, self._on_code = driver, on_code
        self._tasks: queue.Queue[Task | None] = queue.Queue(limit)
        self._state: State = "closed"
        self._text, self._faults, self._dropped = "", 0, 0
        self._wait, self._next = FIRST_WAIT, 0.0
        self._stop, self._asked = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def known(self) -> DeviceState:
        """What is known; asks nobody."""
        d = self.driver
        return DeviceState(id=d.id, title=d.title, kind=d.kind, state=self._state, text=self._text,
                           faults=self._faults, dropped=self._dropped)  # fmt: skip

    def start(self) -> None:
        """Begin to open it; does not wait."""
        with self._lock:
            if self._thread is None and not self._stop.is_set():
                self._thread = threading.Thread(target=self._loop, name=f"device {self.driver.id}", daemon=True)
                self._thread.start()

    def submit(self, run: Callable[[], Any], seconds: float) -> Task:
        """Ask for something; what has not begun at its deadline is not done any more (a drawer must not open late)."""
        self.start()
        task = Task(run, time.monotonic() + seconds)
        try:
            self._tasks.put_nowait(task)
        except queue.Full:
            self._dropped += 1
            return refused(f"{self.driver.title} is not keeping up")
        self._asked.set()
        return task

    def _loop(self) -> None:
        while not self._stop.is_set():
            self._connect()
            heard = self._state == "ready" and self.driver.kind in HEARD
            if heard:
                self._listen()
            ready, check = self._state == "ready", getattr(self.driver, "check", None)
            pause = max(0.01, self._next - time.monotonic()) if not ready else LOOK if check else None
            pause = 0.0 if heard else pause
            try:
                task = self._tasks.get(timeout=pause)
                if task is not None and not task.overdue:
                    self._connect()
                    task.perform(self._perform)
            except queue.Empty:
                if ready and check and not heard:
                    self._look(check)
        self._close()

    def _look(self, check: Callable[[], object]) -> None:
        try:
            check()
        except RAISED as error:  # as in _connect
            self._down(error)

    def _connect(self) -> None:
        if self._state == "ready" or time.monotonic() < self._next:
            return
        self._state = "opening"
        try:
            self.driver.open()
            self._state, self._text, self._wait = "ready", "", FIRST_WAIT
        except RAISED as error:  # whatever a driver raises, the device is down and tried again
            self._down(error)

    def _perform(self, run: Callable[[], Any]) -> Any:
        if self._state != "ready":
            raise UserError(f"{self.driver.title}: {self._text or 'not connected'}", "check cable and power")
        try:
            return run()
        except GenesisError:
            raise
        except RAISED as error:
            self._down(error)
            raise

    def _listen(self) -> None:
        """Hear codes until something is asked, or the device is to stop."""
        listen: Any = getattr(self.driver, "listen", None)
        self._asked.clear()
        if self._stop.is_set() or not self._tasks.empty():
            return
        try:
            listen(self._on_code, self._asked)
            if not self._asked.is_set():
                self._down(RuntimeError("it stopped sending"))
        except RAISED as error:  # as in _connect
            self._down(error)

    def _down(self, error: BaseException) -> None:
        self._close()
        self._state, self._text = "down", str(error) or type(error).__name__
        self._faults += 1
        self._next = time.monotonic() + self._wait
        self._wait = min(LONGEST_WAIT, self._wait * 2)

    def _close(self) -> None:
        with suppress(Exception):  # it may be gone already
            self.driver.close()
        self._state = "closed"

    def stop(self) -> None:
        """End after what is under way; does not wait: a hanging device is left behind."""
        self._stop.set()
        with suppress(queue.Full):
            self._tasks.put_nowait(None)
        self._asked.set()

    def join(self, until: float) -> None:
        """Wait for the thread to end, at most until then (monotonic)."""
        if self._thread is not None:
            self._thread.join(max(0.0, until - time.monotonic()))


class DeviceDesk:
    """`pos.devices`: which device does what at this register, how each is, and the codes that are read."""

    def __init__(self, pos: Pos, drivers: Sequence[DeviceDriver], register: str) -> None:
        self._pos, self._register = pos, register
        self._devices = {driver.id: Device(driver, self._offer) for driver in drivers}
        self._codes: queue.Queue[str | None] = queue.Queue(CODES)
        self._listeners: list[Callable[[str], None]] = []
        self._thread: threading.Thread | None = None
        self.dropped_codes = 0
        self._started = False

    def all(self) -> list[DeviceState]:
        """Return how every device is, as far as is known; asks none."""
        return [device.known for device in self._devices.values()]

    def of(self, role: Role) -> str:
        """Return the id of the device that does this here; empty where none does.

        Where nothing was chosen, the only device of its kind does it; of several none does.
        """
        chosen = self._pos.journal.space(f"device:{self._register}").get(role)
        if chosen is not None:
            return chosen if chosen in self._devices else ""
        fitting = [d for d in self._devices.values() if d.driver.kind == ROLES[role]]
        return fitting[0].driver.id if len(fitting) == 1 else ""

    @property
    def medium(self) -> str:
        """In which medium the receipt printer of this register is given what it prints."""
        device = self._devices.get(self.of("receipt_printer"))
        return str(getattr(device and device.driver, "medium", "escpos"))

    def assign(self, role: Role, device: str) -> None:
        """Choose which device does this at this register; empty: none."""
        self._pos.permissions.require("settings.change")
        if role not in ROLES:
            raise UserError(f"there is no role {role!r}", f"one of {', '.join(ROLES)}", "role")
        if device and (device not in self._devices or self._devices[device].driver.kind != ROLES[role]):
            raise UserError(f"{device!r} is no {ROLES[role]} of this register", "see Devices", "device")
        space = f"device:{self._register}"
        before = self._pos.journal.space(space).get(role)
        fact = SettingChanged(scope=space, key=role, before=before, after=device)
        self._pos.journal.append(fact, state=[(space, role, device)])

    def ask(self, role: Role, run: Callable[[Any], Any], seconds: float = 10) -> Task:
        """Ask the device of a role: `run(driver)` in its worker; the task's `wait` ends at the deadline."""
        device = self._devices.get(self.of(role))
        if device is None:
            return refused(f"no device is the {role.replace('_', ' ')} of this register: choose one under Devices")
        return device.submit(lambda: run(device.driver), seconds)

    def ask_writer(self, run: Callable[[Any], Any], seconds: float = 10) -> Outcome:
        """Ask the card readers that write (CardWriter) in turn, until one does it; waits, at most so long each."""
        outcome = refused("no card reader of this register writes: see Devices").wait()
        for device in self._devices.values():
            driver = device.driver
            if driver.kind == "card_reader" and hasattr(driver, "write"):
                outcome = device.submit(partial(run, driver), seconds).wait()
                if outcome.ok or outcome.late:  # late: nobody knows
                    break
        return outcome

    def test(self, device: str, seconds: float = 15) -> DeviceStatus:
        """Ask a device how it is, and wait for the answer, at most so long; what is listened to knows.

        A driver with a method `test` shows that it works besides: a printer prints a page.
        """
        found = self._devices.get(device)
        if found is None:
            raise UserError(f"there is no device {device!r}", "see Devices", "device")
        if found.driver.kind in HEARD:
            known = found.known
            return (
                found.driver.status()
                if known.state == "ready"
                else DeviceStatus(ok=False, text=known.text or known.state)
            )
        asked: Callable[[], DeviceStatus] = getattr(found.driver, "test", found.driver.status)
        outcome = found.submit(asked, seconds).wait()
        answer = outcome.value
        return answer if isinstance(answer, DeviceStatus) else DeviceStatus(ok=False, text=outcome.error)

    def on_code(self, listener: Callable[[str], None]) -> Callable[[], None]:
        """Hear every code that is read, in a thread of the desk; call what is returned to stop hearing."""
        self._listeners = [*self._listeners, listener]

        def forget() -> None:
            self._listeners = [x for x in self._listeners if x is not listener]

        return forget

    def _offer(self, code: str) -> None:
        try:
            self._codes.put_nowait(code)
        except queue.Full:
            self.dropped_codes += 1

    def _deliver(self) -> None:
        while (code := self._codes.get()) is not None:
            for listener in self._listeners:
                try:
                    listener(code)
                except Exception:  # who hears must not silence the others
                    self._pos.log.exception("a listener to scanned codes failed")

    def renew(self, before: Sequence[str], drivers: Sequence[DeviceDriver]) -> None:
        """Let go of these devices and drive those instead: their settings changed."""
        gone = [device for name, device in self._devices.items() if name in before]
        kept = {name: device for name, device in self._devices.items() if name not in before}
        for device in gone:
            device.stop()
        self._devices = kept | {driver.id: Device(driver, self._offer) for driver in drivers}
        if self._started:
            self.start()

    def start(self) -> None:
        """Open every device in the background."""
        self._started = True
        if self._thread is None and any(device.driver.kind in HEARD for device in self._devices.values()):
            self._thread = threading.Thread(target=self._deliver, name="codes", daemon=True)
            self._thread.start()
        for device in self._devices.values():
            device.start()

    def stop(self, seconds: float = 1.0) -> None:
        """Let go of every device; those that hang are left behind after so long, all together."""
        until = time.monotonic() + seconds
        for device in self._devices.values():
            device.stop()
        for device in self._devices.values():
            device.join(until)
        if self._thread is not None:
            with suppress(queue.Full):
                self._codes.put(None, timeout=seconds)
            if self._thread is not threading.current_thread():
                self._thread.join(max(0.0, until - time.monotonic()))
            self._thread = None
