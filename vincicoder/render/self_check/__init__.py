"""The conformance suite that every language must pass: `python -m vincicoder.render.self_check LANGUAGE`."""
