"""What commands and the background job do: each workflow reads, calls pure decisions, and stores the result."""
