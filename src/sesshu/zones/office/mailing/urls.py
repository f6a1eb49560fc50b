"""Routes of mailing, part of the office's list."""

from django.urls import path

from sesshu.zones.office.mailing import batch, check

urlpatterns = [
    path("mailing", batch.index, name="mailing"),
    path("mailing/new", batch.new, name="mailing-new"),
    path("mailing/firms", batch.firms, name="mailing-firms"),
    path("mailing/find", batch.find, name="mailing-find"),
    path("mailing/returns", check.take_back, name="returns"),
    path("mailing/returns/<id:back>/finish", check.finish_return, name="return-finish"),
    path("mailing/pieces/<id:piece>", batch.piece, name="piece"),
    path("mailing/pieces/<id:piece>/pull", check.put_on_list, name="piece-pull"),
    path("mailing/differences/<id:difference>", check.resolve, name="difference"),
    path("mailing/<id:batch>", batch.show, name="batch"),
    path("mailing/<id:batch>/seal", batch.seal, name="batch-seal"),
    path("mailing/<id:batch>/sheets", batch.sheets, name="batch-sheets"),
    path("mailing/<id:batch>/release", batch.release, name="batch-release"),
    path("mailing/<id:batch>/reconcile", check.reconcile, name="reconcile"),
    path("mailing/<id:batch>/station", check.station, name="station"),
    path("mailing/<id:batch>/spoil", check.spoil, name="spoil"),
    path("mailing/<id:batch>/pull", check.pull_list, name="pull-list"),
    path("mailing/<id:batch>/post", batch.post, name="batch-post"),
    path("mailing/<id:batch>/close", batch.close, name="batch-close"),
    path("mailing/<id:batch>/withdraw", batch.withdraw, name="batch-withdraw"),
]
