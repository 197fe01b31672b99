"""Speed and endurance of uploads, measured: `make bench`. Nothing here is asserted; docs/performance.md has the figures."""
