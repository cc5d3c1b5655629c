"""The console by keyboard alone, before a whole center: real processes, PTYs and the simulated carrier."""
