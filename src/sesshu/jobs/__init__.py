"""Processes without pages (定時処理・連携・コマンド): their settings, what they do and how often."""
