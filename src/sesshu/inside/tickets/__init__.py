"""tickets 接種券: which number stands for whom."""
