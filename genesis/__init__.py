"""Genesis POS: the public API. Plugins import from here and from nowhere below."""

from genesis.db.search import SearchIndex
from genesis.hooks import balances
from genesis.hooks.given import available, exporter_of, item_of, new_file, person_of, taken
from genesis.hooks.marks import hookimpl
from genesis.hooks.pages import (
    Act,
    Cell,
    Column,
    Done,
    Drawer,
    Filter,
    ListPage,
    PageAction,
    PageColumn,
    PageFigure,
    PageFilter,
    PageRow,
    Query,
    Rows,
    Section,
)
from genesis.hooks.recordpages import RecordPage
from genesis.hooks.tables import as_csv, reading_csv
from genesis.hooks.usb import UsbDevice, usb_devices
from genesis.hooks.values import (
    Action,
    Allocation,
    Arrival,
    Arrived,
    Availability,
    Block,
    Categorised,
    CliCommand,
    Discrepancy,
    Exporter,
    FieldSpec,
    Figure,
    Health,
    Kept,
    Opened,
    OpeningStock,
    Panel,
    Problem,
    ReorderProposal,
    Report,
    ReportSection,
    Route,
    Screen,
    SearchHit,
    Suggestion,
    Theme,
    agreed,
    print_rows,
)
from genesis.kernel.actors import Actor, Permission
from genesis.kernel.approvals import Approval
from genesis.kernel.cart import (
    Adjustment,
    Attach,
    Basket,
    Cart,
    Companion,
    CustomerRef,
    Item,
    Line,
    LineFigures,
    LineTax,
    ManualDiscount,
    Price,
    Priced,
    PricedLine,
    ReturnOf,
    TaxAnswer,
    TaxDocument,
    TaxedLine,
    TaxLine,
    TaxSum,
    Tender,
)
from genesis.kernel.clock import business_day
from genesis.kernel.copies import copy_of_receipt, find_sale
from genesis.kernel.counts import many
from genesis.kernel.devices import DeviceDriver, DeviceStatus, Kind as DeviceKind, Presence
from genesis.kernel.entries import Appended, Entry, FactRef
from genesis.kernel.errors import (
    Confirm,
    GenesisError,
    NotReady,
    PluginFault,
    Refused,
    SettingsError,
    Unknown,
    UnknownCode,
    UserError,
    Veto,
)
from genesis.kernel.facts import (
    CartHeld,
    CashCount,
    CashMoved,
    Fact,
    PermissionApproved,
    RawFact,
    Row,
    SaleCompleted,
    SaleLine,
    ShiftClosed,
    ShiftOpened,
)
from genesis.kernel.foreign import ForeignCash, worth
from genesis.kernel.guardbook import GuardRefused
from genesis.kernel.guards import Balance, Expect, Free, Guard, Once, Unique
from genesis.kernel.jobs import Job
from genesis.kernel.money import (
    Money,
    decimal,
    exponent,
    extended,
    plain,
    price_text,
    quantity,
    quantity_text,
    rate,
    round_div,
    round_ratio,
    split,
    to_step,
    unit_price,
)
from genesis.kernel.pos import Pos
from genesis.kernel.projections import Projection, ViewDb
from genesis.kernel.providers import (
    Attempt,
    KeptMethod,
    NotedMethod,
    NotSent,
    Outcome,
    PaymentMethod,
    PaymentProvider,
    Slip,
    TippedMethod,
)
from genesis.kernel.reactions import Reaction
from genesis.kernel.receipt import fill as receipt_rows, lines_of as receipt_lines, text as receipt_text
from genesis.kernel.records import Change, Records
from genesis.kernel.recordset import RecordSet
from genesis.kernel.refunds import originals
from genesis.kernel.reporting import TIPS, expected_cash, foreign_cash, sections_of as shift_sections, shift_figures
from genesis.kernel.settings import StoreSettings, business_today
from genesis.kernel.slips import slip_fields, slip_rows

API = 1

__all__ = [
    "API", "TIPS", "Act", "Action", "Actor", "Adjustment", "Allocation", "Appended", "Approval", "Arrival", "Arrived",
    "Attach", "Attempt", "Availability", "Balance", "Basket", "Block", "Cart", "CartHeld", "CashCount", "CashMoved",
    "Categorised", "Cell", "Change", "CliCommand", "Column", "Companion", "Confirm", "CustomerRef", "DeviceDriver",
    "DeviceKind", "DeviceStatus", "Discrepancy", "Done", "Drawer", "Entry", "Expect", "Exporter", "Fact", "FactRef",
    "FieldSpec", "Figure", "Filter", "ForeignCash", "Free", "GenesisError", "Guard", "GuardRefused", "Health", "Item",
    "Job", "Kept", "KeptMethod", "Line", "LineFigures", "LineTax", "ListPage", "ManualDiscount", "Money", "NotReady",
    "NotSent", "NotedMethod", "Once", "Opened", "OpeningStock", "Outcome", "PageAction", "PageColumn", "PageFigure",
    "PageFilter", "PageRow", "Panel", "PaymentMethod", "PaymentProvider", "Permission", "PermissionApproved",
    "PluginFault", "Pos", "Presence", "Price", "Priced", "PricedLine", "Problem", "Projection", "Query", "RawFact",
    "Reaction", "RecordPage", "RecordSet", "Records", "Refused", "ReorderProposal", "Report", "ReportSection",
    "ReturnOf", "Route", "Row", "Rows", "SaleCompleted", "SaleLine", "Screen", "SearchHit", "SearchIndex", "Section",
    "SettingsError", "ShiftClosed", "ShiftOpened", "Slip", "StoreSettings", "Suggestion", "TaxAnswer", "TaxDocument",
    "TaxLine", "TaxSum", "TaxedLine", "Tender", "Theme", "TippedMethod", "Unique", "Unknown", "UnknownCode",
    "UsbDevice", "UserError", "Veto", "ViewDb", "agreed", "as_csv", "available", "balances", "business_day",
    "business_today", "copy_of_receipt", "decimal", "expected_cash", "exponent", "exporter_of", "extended",
    "find_sale", "foreign_cash", "hookimpl", "item_of", "many", "new_file", "originals", "person_of", "plain",
    "price_text", "print_rows", "quantity", "quantity_text", "rate", "reading_csv", "receipt_lines", "receipt_rows",
    "receipt_text", "round_div", "round_ratio", "shift_figures", "shift_sections", "slip_fields", "slip_rows", "split",
    "taken", "to_step", "unit_price", "usb_devices", "worth",
]  # fmt: skip
