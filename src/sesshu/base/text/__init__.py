"""Japanese text: folding for search, characters that printers lack, towns, and the forms in which addresses match."""
