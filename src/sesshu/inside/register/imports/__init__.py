"""The register file (住民記録の取込): read, staged, compared, signed off by two."""
