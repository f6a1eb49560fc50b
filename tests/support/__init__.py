"""What the tests share: an installation, clocks, made-up rows."""
