"""Hand-off slips 引継票: from the call centre to the office, and on to the responsible section."""
