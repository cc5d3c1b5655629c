"""The reference app: what integrators read to write theirs. It speaks the public interface alone."""
