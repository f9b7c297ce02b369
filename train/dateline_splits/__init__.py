"""Parts of annotated dispatches without leaks between them."""
