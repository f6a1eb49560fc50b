"""The municipality's own zone. (予防接種担当)"""
