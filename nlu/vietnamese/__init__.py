"""Vietnamese text: NFC, folding, syllables, masking. Imports neither Rasa nor anything of ours."""
