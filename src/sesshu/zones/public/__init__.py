"""The public booking site: no account, no table, no model in memory. (予約サイト)"""
