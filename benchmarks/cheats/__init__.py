"""Programs that copy a picture instead of drawing it, and what the reward pays for them."""
