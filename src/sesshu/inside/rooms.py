"""The rooms of the inside that have tables (庁内の部屋); each is a Django application of that name.

The office zone and the inside's worker and commands install all of them. A room is added with its first model.
"""

ROOMS = (
    "sesshu.inside.planning",
    "sesshu.inside.register",
    "sesshu.inside.tickets",
    "sesshu.inside.records",
    "sesshu.inside.mailing",
    "sesshu.inside.accountability",
)
