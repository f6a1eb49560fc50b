"""Pages of the office zone. Each is guarded by an act of the matrix; each about one resident stands behind the wall."""

from django.urls import include, path

from sesshu.web.errors import handler400, handler403, handler404, handler500  # noqa: F401
from sesshu.web.health import health
from sesshu.zones.office import (
    bridge,
    corrections,
    disclosure,
    home,
    imports,
    plan,
    protection,
    records,
    residents,
    slips,
    tickets,
)
from sesshu.zones.office.mailing import urls as mailing
from sesshu.zones.office.planning import urls as planning

urlpatterns = [
    path("health", health, name="health"),
    path("", home.home, name="home"),
    path("imports", imports.index, name="imports"),
    path("imports/new", imports.new, name="import-new"),
    path("imports/<id:import_id>", imports.show, name="import"),
    path("imports/<id:import_id>/accept", imports.accept, name="import-accept"),
    path("imports/<id:import_id>/withdraw", imports.withdraw, name="import-withdraw"),
    path("residents", residents.find, name="residents"),
    path("residents/forget", residents.forget, name="residents-forget"),
    path("residents/<id:resident>", residents.show, name="resident"),
    path("residents/<id:resident>/hand-on", residents.hand_on, name="hand-on"),
    path("residents/<id:resident>/protect", protection.protect, name="protect"),
    path("residents/<id:resident>/reissue/<slug:programme>", tickets.reissue, name="reissue"),
    path("residents/<id:resident>/certificate", records.certificate, name="certificate"),
    path("residents/<id:resident>/disclosure", disclosure.show, name="disclosure-list"),
    path("residents/<id:resident>/disclosure.pdf", disclosure.paper, name="disclosure-paper"),
    path("protection/release", protection.release, name="release"),
    path("tickets", tickets.index, name="tickets"),
    path("tickets/issue/<slug:programme>", tickets.issue, name="ticket-issue"),
    path("tickets/<id:ticket>", tickets.show, name="ticket"),
    path("tickets/<id:ticket>/sheet.pdf", tickets.sheet, name="sheet"),
    *mailing.urlpatterns,
    path("records", records.index, name="records"),
    path("records/<uuid:record>/correct", corrections.correct, name="record-correct"),
    path("records/<uuid:record>/owner", corrections.attribute, name="record-owner"),
    path("disclosure", disclosure.ask, name="disclosure"),
    path("slips", slips.index, name="slips"),
    path("slips/<id:slip>", slips.show, name="slip"),
    path("slips/<id:slip>/close", slips.close, name="slip-close"),
    *planning.urlpatterns,
    path("plan", plan.index, name="plan"),
    path("plan/programmes/<slug:programme>", plan.programme, name="programme"),
    path("plan/halls/<id:venue>", plan.hall, name="hall"),
    path("bridge", bridge.show, name="bridge"),
    path("bridge/alarms/<id:alarm>/clear", bridge.clear, name="alarm-clear"),
    path("bridge/answers/<id:answer>/see", bridge.see, name="answer-see"),
    path("", include("sesshu.web.signin.urls")),
]
