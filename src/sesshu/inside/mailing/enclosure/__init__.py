"""enclosure 封入照合: the printer's scan log against the list; every piece ends as posted, pulled or spoiled."""
