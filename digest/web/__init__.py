"""The local page: issues, marks, search and the focus in a browser, on this machine, without an account."""
