"""Pages of mailing (発送): the list, one batch from draft to closed, the enclosure check, returned mail."""
