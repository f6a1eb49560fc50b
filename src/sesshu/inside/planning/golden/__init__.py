"""golden 見本の住民: invented persons who are run through every scheduled setting before it comes true (G-01)."""
