"""Reports and the browser of releases: what is read of a home, put into the pages of `vincicoder.look`."""
