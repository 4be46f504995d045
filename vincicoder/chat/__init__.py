"""Questions to vision-language models by the chat completions protocol, and their answers."""
