"""Who watches this center from outside, and the centers that this one watches. `README.md` says how."""
