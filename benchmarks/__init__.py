"""What Shouxin costs, always beside a baseline measured in the same run; see docs/performance.md."""
