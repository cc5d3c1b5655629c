"""Print the messages to the console's pages as TypeScript declarations, made from the structs that are sent.

The pages' types are checked against the declarations (`scripts/pages`). The declarations are not stored, so
that they are never out of date.
"""

from __future__ import annotations

import enum
import sys

from msgspec import inspect

from features.backup.routes import BackupsView
from features.duty.routes import DutyTestBegun, DutyView
from features.people.importing_routes import ImportView
from features.people.invitations_routes import InvitationMade, InvitationsView
from features.people.operators_routes import OperatorAdded, OperatorsView
from features.people.people_routes import PeopleView, PersonAnswer
from features.privacy.audit_routes import AuditView
from features.privacy.erasing_routes import PersonErased
from features.privacy.records_routes import RecordAnswer
from features.reviews.figures_routes import AvailabilityView, FiguresView
from features.reviews.finding import PastAlert
from features.reviews.month import Report
from features.reviews.reviewing import GivenReviews, ReviewsView
from features.selftest.routes.line_trials import TrialAnswer
from features.selftest.routes.proofs import ProofsView
from features.settings_pages.routes import SettingsView
from gateways.console.drills import DrillView
from gateways.console.feed_messages import Events, NodesMessage, Snapshot
from gateways.console.page import OrderTables
from gateways.console.shift_handover import ShiftView
from gateways.console.timeline import Entry
from gateways.console.views.case import CaseView
from gateways.console.views.infrastructure import Levels
from gateways.http.routes.admin.keys import KeyIssued, KeysView
from gateways.http.routes.admin.lines import CheckView, LinesView, LineWritten
from gateways.http.routes.admin.nodes import AdminNodes
from gateways.http.routes.admin.start import StartView
from gateways.http.routes.admin.version import VersionView
from gateways.http.routes.console.access import Beginning, OwnAccess
from gateways.http.routes.console.sign_on import SignedOn
from gateways.http.routes.staff.alarms import AlarmHistory
from messages.ids import OperatorCommand
from messages.rows import ListItem
from model.alarms.kind import AlarmKind

TOLD = (
    *(Snapshot, Events, Levels, NodesMessage, CaseView, Entry, PastAlert, FiguresView, AuditView, DrillView),
    *(SignedOn, OwnAccess, Beginning, OperatorsView, OperatorAdded, KeysView, KeyIssued, VersionView),
    *(LinesView, TrialAnswer, BackupsView, ShiftView, StartView, ImportView, AlarmKind, AlarmHistory),
    *(SettingsView, AdminNodes, PeopleView, PersonAnswer, PersonErased, RecordAnswer),
    *(InvitationsView, InvitationMade, DutyView, DutyTestBegun, ProofsView),
    *(OrderTables, ListItem, ReviewsView, GivenReviews, LineWritten, CheckView, AvailabilityView, Report),
)
ENCODED = {"cases": "CaseView"}
"""Structs that are encoded before they are inserted, by field."""
SIMPLE = {
    inspect.StrType: "string",
    inspect.IntType: "number",
    inspect.FloatType: "number",
    inspect.BoolType: "boolean",
    inspect.DateTimeType: "string",
    inspect.NoneType: "null",
    inspect.AnyType: "unknown",
}


class Declarations:
    """A declaration for each struct or enum, in the order of first use."""

    def __init__(self) -> None:
        self.made: dict[str, str] = {}

    def written(self, kind: inspect.Type, field: str = "") -> str:
        """Return the type in TypeScript, and declare the types that it names."""
        match kind:
            case inspect.StructType(cls=cls):
                self.struct(kind)
                return cls.__name__
            case inspect.EnumType(cls=cls):
                self.enum(cls)
                return cls.__name__
            case inspect.UnionType(types=types):
                return " | ".join(self.written(one) for one in types)
            case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
                inner = self.written(item, field)
                return f"({inner})[]" if " " in inner else f"{inner}[]"
            case inspect.TupleType(item_types=items):
                return f"[{', '.join(self.written(one) for one in items)}]"
            case inspect.DictType(value_type=value):
                return f"Record<string, {self.written(value)}>"
            case inspect.LiteralType(values=values):
                return " | ".join(f"'{value}'" for value in values)
            case inspect.RawType():
                return ENCODED.get(field, "unknown")
            case inspect.Metadata(type=inner):
                return self.written(inner, field)
        return SIMPLE[type(kind)]

    def enum(self, cls: type[enum.Enum]) -> None:
        values = [f"'{one.value}'" if isinstance(one.value, str) else str(one.value) for one in cls]
        self.made[cls.__name__] = f"type {cls.__name__} = {' | '.join(values)};"

    def struct(self, kind: inspect.StructType) -> None:
        name = kind.cls.__name__
        if name in self.made:
            return
        self.made[name] = ""  # a struct may contain itself
        omits = kind.cls.__struct_config__.omit_defaults
        fields = [f"  {kind.tag_field}: '{kind.tag}';"] if kind.tag_field else []
        for one in kind.fields:
            absent = "?" if omits and not one.required else ""
            fields.append(f"  {one.encode_name}{absent}: {self.written(one.type, one.name)};")
        self.made[name] = "\n".join([f"interface {name} {{", *fields, "}"])


def main() -> None:
    declarations = Declarations()
    for kind in inspect.multi_type_info(TOLD):
        declarations.written(kind)
    declarations.enum(OperatorCommand)
    sys.stdout.write("\n".join(declarations.made.values()) + "\n")


if __name__ == "__main__":
    main()
