"""Django settings of the office zone (予防接種担当)."""

from sesshu.base.machine import machine
from sesshu.inside.rooms import ROOMS
from sesshu.web.settings import Shape, make

SHAPE = Shape("office", staff=True, apps=ROOMS)
globals().update(make(SHAPE, machine()))
# A register file goes to a private file without a name; nobody else's upload is taken at all.
DATA_UPLOAD_MAX_NUMBER_FILES = 1
FILE_UPLOAD_HANDLERS = ["sesshu.zones.office.upload.NamelessUpload"]
