"""The hall's zone: check-in, pre-check, dose. (会場)"""
