"""The meeting screen: slides drawn from frames, to be read at five metres, and the page that shows them in turn."""
