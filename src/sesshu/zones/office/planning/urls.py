"""Routes of planning, part of the office's list; before ``plan/programmes/<slug>``."""

from django.urls import path

from sesshu.zones.office.planning import halls, programmes

urlpatterns = [
    path("plan/programmes/new", programmes.new, name="programme-new"),
    path("plan/programmes/<slug:programme>/draft", programmes.draft, name="programme-draft"),
    path("plan/programmes/<slug:programme>/tomorrow", programmes.tomorrow, name="programme-tomorrow"),
    path("plan/programmes/<slug:programme>/calendar", halls.calendar, name="programme-calendar"),
    path("plan/programmes/<slug:programme>/supply", halls.supply, name="programme-supply"),
    path("plan/programmes/<slug:programme>/hall", halls.new, name="hall-new"),
    path("plan/versions/<id:version>", programmes.version, name="version"),
    path("plan/versions/<id:version>/beside", programmes.beside, name="version-beside"),
    path("plan/versions/<id:version>/approve", programmes.approve, name="version-approve"),
    path("plan/versions/<id:version>/withdraw", programmes.withdraw, name="version-withdraw"),
    path("plan/halls/<id:venue>/open", halls.open_, name="hall-open"),
    path("plan/halls/<id:venue>/change", halls.change_new, name="change-new"),
    path("plan/changes", halls.change_index, name="changes"),
    path("plan/changes/<id:change>", halls.change_show, name="change"),
    path("plan/changes/<id:change>/approve", halls.change_approve, name="change-approve"),
    path("plan/changes/<id:change>/withdraw", halls.change_withdraw, name="change-withdraw"),
    path("plan/calls", halls.calls, name="calls"),
    path("plan/calls/<id:line>/close", halls.call_close, name="call-close"),
]
