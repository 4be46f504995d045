"""Training: the reward, the trainers' configurations and launches, the runs they make."""
