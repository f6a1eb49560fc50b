"""All SQL of both buildings, and the few lines of Python that install and call it."""
