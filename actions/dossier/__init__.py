"""Actions of one skill; see nlu/domain for its texts."""
