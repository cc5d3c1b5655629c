"""The user's page: an app for any phone, which speaks the public interface alone."""
