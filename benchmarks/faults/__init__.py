"""A campaign of faults: processes killed, disks filled, files damaged, and the release that comes after."""
