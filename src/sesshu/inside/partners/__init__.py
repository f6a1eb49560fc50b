"""Partners (委託): who helps us, with which data?"""
