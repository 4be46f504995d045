"""ABC notation of music."""
