"""Makes the encoder of ``nlu/encoder/model`` (``make encoder``); runs in an environment of its own."""
