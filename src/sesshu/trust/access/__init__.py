"""Who may do what, and how they prove who they are (権限と本人確認)."""
