"""Mail through a real server: what is queued goes once, what is refused is said, and nobody's address is in a fact."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from genesis import Act, Cell, Query, UserError
from genesis_mail import pages, service
from genesis_mail.command import run
from genesis_mail.models import MailTried
from genesis_mail.tests.server import PASSWORD, USER, Server
from genesis_mail.transport import MailSettings

ON = ("barcodes", "catalog", "customers", "receipts", "cash", "mail")
ADA = "ada@example.com"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path)
    yield made
    made.stop()


@pytest.fixture
def app(store: Callable[..., Any], server: Server) -> Any:
    app = store(*ON)
    app.pos.records("catalog_product").save(
        {"name": "Tea", "price_e4": 34_000, "codes": [{"code": "9520000000011"}]}, record_id="tea"
    )
    for name, email, card in (("Ada Byron", ADA, "C-1"), ("Nobody", "", "C-2")):
        values = {"name": name, "phone": "", "email": email, "cards": [{"code": card}]}
        app.pos.records("customers_customer").save(values, record_id=card)
    app.settings.change("mail", settings_of(server))
    return app


def settings_of(server: Server) -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": server.port, "authority": str(server.certificate),
            "sender": "shop@example.com"}  # fmt: skip


def sell(app: Any, customer: str = "C-1", medium: str = "email", mode: str = "normal") -> Any:
    app.register.scan("9520000000011")
    app.register.cart = msgspec.structs.replace(app.register.cart, mode=mode)
    if customer:
        app.register.scan(customer)
    app.register.keep("receipts", "medium", medium)
    done = app.register.pay("cash")
    app.reactor.run_due()
    return done.sale


def states(app: Any) -> list[tuple[str, str, int]]:
    rows = pages.find(app.pos, Query(sort="at")).rows
    told = [[str(Cell.of(cell).text) for cell in row.cells] for row in rows]
    return [(about, state, int(tries)) for about, _, tries, state in told]


def kinds(app: Any) -> list[str]:
    return [e.kind for e in app.raw_journal.read(0) if e.kind.startswith("mail.")]


def test_a_receipt_goes_to_the_customer_as_text_and_pdf_once(app: Any, server: Server) -> None:
    sale = sell(app)
    assert states(app) == [(sale.number, "Waiting", 0)]
    assert service.send_due(app.pos) == 1
    assert service.send_due(app.pos) == 0
    (mail,) = server.taken
    assert (mail["To"], mail["Subject"]) == (ADA, f"Test Store: {sale.number}")
    parts: Any = mail.get_payload()
    text, pdf = parts
    assert "3.40" in text.get_payload(decode=True).decode()
    assert pdf.get_payload(decode=True).startswith(b"%PDF-")
    assert pdf.get_filename() == f"{sale.number}.pdf"
    assert states(app) == [(sale.number, "Sent", 1)]
    assert kinds(app) == ["mail.queued", "mail.tried", "mail.sent"]


def test_where_nothing_writes_a_pdf_the_receipt_goes_as_text(app: Any, server: Server) -> None:
    sale = sell(app)
    app.switch("receipts", enabled=False)
    assert service.send_due(app.pos) == 1
    (mail,) = server.taken
    assert not mail.is_multipart()
    assert sale.number in mail.get_payload()


def test_what_is_printed_or_not_wanted_is_not_mailed(app: Any) -> None:
    for medium in ("print", "none"):
        sell(app, medium=medium)
    sell(app, mode="training")
    assert kinds(app) == []


def test_no_address_stands_in_any_fact(app: Any) -> None:
    sell(app)
    service.send_due(app.pos)
    bodies = b"".join(entry.body for entry in app.raw_journal.scan())
    assert ADA.encode() not in bodies


def test_a_refusal_for_good_is_shown_with_what_the_server_said_and_one_for_now_is_tried_again(
    app: Any, server: Server
) -> None:
    server.answers = ["450 busy, come back", "550 no such mailbox"]
    first = sell(app)
    assert service.send_due(app.pos) == 0
    assert states(app) == [(first.number, "Waiting", 1)]
    assert service.send_due(app.pos) == 0  # not before half a minute
    assert states(app) == [(first.number, "Waiting", 1)]
    app.clock.forward(seconds=31)
    service.send_due(app.pos)
    assert states(app) == [(first.number, "Came back", 2)]
    shown = pages.drawer(app.pos, pages.find(app.pos, Query()).rows[0].id)
    assert shown.sections[0].notice == "550 no such mailbox"
    assert pages.badge(app.pos) == "1"
    pages.again(app.pos, Act(rows=(pages.find(app.pos, Query()).rows[0].id,)))
    assert service.send_due(app.pos) == 1
    assert [state for _, state, _ in states(app)] == ["Came back", "Sent"]


def test_a_server_that_is_away_is_tried_until_it_is_there_and_given_up_after_two_days(app: Any, server: Server) -> None:
    sale = sell(app)
    server.stop()
    for _ in range(3):
        service.send_due(app.pos)
        app.clock.forward(hours=2)
    assert states(app) == [(sale.number, "Waiting", 3)]
    app.clock.forward(days=2)
    service.send_due(app.pos)
    assert states(app) == [(sale.number, "Came back", 4)]
    reason = pages.drawer(app.pos, pages.find(app.pos, Query()).rows[0].id).sections[0].notice
    assert reason.startswith("given up after 4 tries")


def test_what_waits_is_sent_after_a_restart_and_a_crash_within_a_try_sends_it_again(
    app: Any, stores: Any, server: Server
) -> None:
    sale = sell(app)
    name = pages.find(app.pos, Query()).rows[0].id
    app.pos.journal.append(MailTried(message=name, number=1))  # the process died here
    app.close()
    again = stores.open(app, plugins=ON)
    assert service.send_due(again.pos) == 0
    again.clock.forward(seconds=40)
    assert service.send_due(again.pos) == 1
    assert states(again) == [(sale.number, "Sent", 2)]
    assert len(server.taken) == 1


def test_two_processes_never_make_the_same_try(app: Any, stores: Any, server: Server) -> None:
    sell(app)
    other = stores.open(app, plugins=ON, register=False, projector="none")
    row = service.due(app.pos, app.pos.clock.now())[0]
    assert service.send_due(other.pos) == 1
    assert not service.attempt(app.pos, app.pos.settings(MailSettings), row, app.pos.clock.now())
    assert len(server.taken) == 1


def test_the_same_message_has_the_same_id_at_every_try(app: Any) -> None:
    sell(app)
    row = service.due(app.pos, app.pos.clock.now())[0]
    settings = app.pos.settings(MailSettings)
    first, second = (service.compose(app.pos, settings, row)["Message-ID"] for _ in range(2))
    assert first == second
    assert first.endswith("@example.com>")


def test_a_customer_without_an_address_is_refused_by_field_and_an_erased_one_gets_nothing(
    app: Any, server: Server
) -> None:
    nobody, ada, stranger = sell(app, "C-2", "none"), sell(app, medium="none"), sell(app, "", "none")
    for number in (nobody.number, stranger.number):
        with pytest.raises(UserError) as told:
            service.send_receipt(app.pos, number)
        assert told.value.field == "number"
    service.send_receipt(app.pos, ada.number)
    app.pos.records("customers_customer").delete("C-1")
    service.send_due(app.pos)
    assert [state for _, state, _ in states(app)] == ["Came back"]
    assert server.taken == []


def test_the_choice_is_offered_only_where_a_mail_can_go(app: Any) -> None:
    app.register.scan("9520000000011")
    assert not service.offered(app.pos, app.register.cart)
    app.register.scan("C-2")
    assert not service.offered(app.pos, app.register.cart)
    app.register.scan("C-1")
    assert service.offered(app.pos, app.register.cart)
    app.settings.change("mail", {"host": ""})
    assert not service.offered(app.pos, app.register.cart)


def test_the_figures_of_the_day_are_queued_once_from_their_hour_on(app: Any, server: Server) -> None:
    said = {"digest_to": ["boss@example.com", "me@example.com"], "digest_hour": 12}
    app.settings.change("mail", said | {"digest_reports": ["mail.none"]})
    service.queue_digest(app.pos)  # nine in the morning
    assert kinds(app) == []
    app.clock.forward(hours=4)
    service.queue_digest(app.pos)
    service.queue_digest(app.pos)
    assert service.send_due(app.pos) == 1
    assert (server.taken[0]["To"], len(server.taken)) == ("boss@example.com, me@example.com", 1)
    assert "There is no report mail.none" in str(server.taken[0].get_payload())
    app.clock.forward(days=1)
    service.queue_digest(app.pos)
    assert kinds(app).count("mail.queued") == 2


def test_signing_in_and_a_server_that_nobody_vouches_for(
    app: Any, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    strict = Server(folder, auth=True)
    try:
        app.settings.change("mail", settings_of(strict) | {"authority": ""})
        with pytest.raises(UserError, match="certificate verify failed"):
            service.test_mail(app.pos, ADA)
        monkeypatch.setenv("MAIL_PASSWORD", "wrong")
        app.settings.change("mail", settings_of(strict) | {"user": USER, "password": {"env": "MAIL_PASSWORD"}})
        with pytest.raises(UserError, match=r"the mail was not taken: .*535"):
            service.test_mail(app.pos, ADA)
        monkeypatch.setenv("MAIL_RIGHT", PASSWORD)
        app.settings.change("mail", {"password": {"env": "MAIL_RIGHT"}})
        assert run(app.pos, ["--test", ADA]) == 0
        assert "took it" in capsys.readouterr().out
        assert len(strict.taken) == 1
    finally:
        strict.stop()


def test_plain_text_over_the_network_is_refused_and_a_bad_address_too(app: Any) -> None:
    app.settings.change("mail", {"host": "mail.example.com", "security": "none"})
    with pytest.raises(UserError, match="not on this machine"):
        service.test_mail(app.pos, ADA)
    for address in ("nobody", "a@b", "a b@example.com", "a@example.com,b@example.com", "a@example.com\nBcc: x@y.z"):
        with pytest.raises(UserError) as told:
            service.test_mail(app.pos, address)
        assert told.value.field == "address"


def test_the_command_lists_and_queues(app: Any, capsys: Any) -> None:
    sale = sell(app, medium="none")
    assert run(app.pos, ["--send", sale.number]) == 0
    assert run(app.pos, []) == 0
    assert f"queued 0 receipt {sale.number}" in capsys.readouterr().out


def test_rebuilt_is_kept(app: Any, server: Server) -> None:
    server.answers = ["550 no"]
    sell(app)
    sell(app)
    service.send_due(app.pos)
    assert app.rebuild("mail_message", swap=False).different == ()
