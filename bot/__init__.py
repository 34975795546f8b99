"""The application: receives citizens' messages, holds the conversation, and answers."""
