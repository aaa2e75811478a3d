"""The archive for assistants: a server for the Model Context Protocol, which `digest mcp` runs on stdin and stdout."""
