"""The zone of the section that is responsible for protected persons. (支援措置の所管課)"""
