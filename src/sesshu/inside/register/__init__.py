"""Register (住民記録): who lives here?"""
