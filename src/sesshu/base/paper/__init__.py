"""Paper: a sheet drawn once and filled many times, with exact glyphs (帳票).

``clusters`` what a written sign is and what can go wrong with one · ``faces`` the fonts of this machine ·
``lettering`` the type of one file · ``embedding`` fonts into the file · ``lines`` breaking and squeezing ·
``drawing`` operators in millimetres · ``document`` the file · ``quick`` and ``appending`` the same for print runs ·
``reading`` a file read back by other eyes.
"""
