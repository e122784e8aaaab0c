"""What can start us: HTTP, blobs, timers. Unwrap, one call, wrap."""
