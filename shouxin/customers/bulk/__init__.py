"""One verb for many customers (批量操作): chosen in the list, done in the background, each customer by itself."""
